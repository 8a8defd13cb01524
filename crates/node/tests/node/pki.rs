//! Certificates, requests and key files.

mod certificates;
mod key_files;
mod requests;
mod root;
