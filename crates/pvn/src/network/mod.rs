//! A whole network on this machine: separate processes on loopback, each with its own folder, keys and ports.

mod layout;
mod local;
mod ports;

pub(crate) use layout::{Layout, LayoutError, Place};
pub(crate) use local::{LocalNetwork, MemberSpec, NetworkError, NetworkSpec};
pub(crate) use ports::Ports;
