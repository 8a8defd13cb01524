//! A whole network on this machine: separate processes on loopback, each with its own folder, keys and ports.

mod kind;
mod layout;
mod local;
mod ports;

pub(crate) use kind::{Kind, Settings};
pub(crate) use layout::{Layout, Place};
pub(crate) use local::{LocalNetwork, MemberSpec, NetworkSpec};
pub(crate) use ports::Ports;
