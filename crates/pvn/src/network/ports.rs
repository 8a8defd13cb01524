//! Free ports on loopback, one after the other; those in use are named and stepped around.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use crate::output::complain;

/// Hands out free ports.
pub(crate) struct Ports {
    next: u16,
}

impl Ports {
    pub(crate) fn from(first: u16) -> Self {
        Self { next: first }
    }

    /// The next free port on loopback; says which ones it had to step around. `None` when there is none left.
    pub(crate) fn take(&mut self, what: &str) -> Option<SocketAddr> {
        loop {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.next));
            self.next = self.next.checked_add(1)?;
            if is_free(address) {
                return Some(address);
            }
            complain!(
                "Port {} is in use by another program; {what} takes the next one.",
                address.port()
            );
        }
    }
}

/// Whether nobody listens there.
pub(crate) fn is_free(address: SocketAddr) -> bool {
    TcpListener::bind(address).is_ok()
}
