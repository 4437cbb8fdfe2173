//! Every dialect, either way, whole, measured, as a reply and piece by piece.

use core::fmt::Debug;

use replywire::json::{ByHand as Hand, BySerde as Serde};
use replywire::json::{Dialect, Document, JsonError, Lenient, Resumable, Slashed, Strict, ToJson};
use serde_core::ser::Serialize;

use crate::json::{ByHand, BySerde};
use crate::replies::reply;
use crate::{any, keep, room, show, show_debug};

fn documents<D: Dialect>() {
    by_serde::<D>(&any(BySerde));
    by_hand::<D>(&any(ByHand));
}

fn by_serde<D: Dialect>(value: &impl Serialize) {
    let document: Serde<'_, _, D> = D::of(value);
    keep_document(document);
}

fn by_hand<D: Dialect>(value: &impl ToJson) {
    let document: Hand<'_, _, D> = D::by_hand(value);
    keep_document(document);
}

fn keep_document(document: impl Document + Copy + Debug) {
    let mut bytes = [0; 512];
    keep(document.write(room(&mut bytes)));
    keep(document.try_write(room(&mut bytes)));
    keep(document.measure());
    show_debug(&document);
    reply(|response| response.document(&document));
    let mut pieces = any(Resumable::new(document));
    while any(true) {
        keep(pieces.fill(room(&mut bytes)));
        keep(pieces.is_done());
        pieces = any(pieces.clone());
    }
    show_debug(&pieces);
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_strict() {
    documents::<Strict>();
    show_debug(&any(Strict));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_slashed() {
    documents::<Slashed>();
    show_debug(&any(Slashed));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_lenient() {
    documents::<Lenient>();
    show_debug(&any(Lenient));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_json_error() {
    show(&any(JsonError::Custom));
}
