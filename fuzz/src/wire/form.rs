//! What must hold of everything that is read.

use dcbor::CBOR;
use ledger::codec;
use ledger::limits::{LIST_ITEMS_MAX, TEXT_BYTES_MAX};
use minicbor::{Decode, Encode};

use super::tree::{Item, Node};

/// Whether bytes are read as an object. It then has one form, which a strict reader knows as such, it is bounded, and it is
/// another object than that of other bytes, `whole`.
pub fn one_form<T>(bytes: &[u8], whole: &[u8]) -> bool
where
    T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq,
{
    let object: T = match codec::decode(bytes) {
        Ok(object) => object,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return false;
        }
    };
    assert_eq!(codec::encode(&object), bytes, "one form");
    let strict = CBOR::try_from_data(bytes).expect("deterministic CBOR");
    assert_eq!(strict.to_cbor_data(), bytes, "the strict reader's form");
    if let Ok(other) = codec::decode::<T>(whole) {
        assert_eq!(object == other, bytes == whole, "another object");
    }
    bounded(&Node::read(bytes));
    true
}

/// No list and no text is longer than lists and texts may be.
fn bounded(node: &Node) {
    match &node.item {
        Item::Array(items) => assert!(items.len() <= LIST_ITEMS_MAX, "a long list"),
        Item::Text(text) => assert!(text.len() <= TEXT_BYTES_MAX, "a long text"),
        _ => {}
    }
    node.children().iter().for_each(bounded);
}
