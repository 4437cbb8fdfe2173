//! Every dialect, either way, whole, measured, as a reply and piece by piece.

use core::fmt::Debug;

use replywire::body::{Piece, Step};
use replywire::json::{ByHand as Hand, BySerde as Serde};
use replywire::json::{
    Dialect, Document, JsonError, Orjson, Pydantic, Python, Resumable, ToJson, Ujson,
};
use replywire::request::Exchange;
use replywire::{Response, Status};
use serde_core::ser::Serialize;

use crate::json::{ByHand, BySerde};
use crate::replies::reply;
use crate::{any, keep, room, show, show_debug, text};

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
    streams(document);
    let mut bytes = [0; 512];
    keep(document.write(room(&mut bytes)));
    keep(document.try_write(room(&mut bytes)));
    keep(document.measure());
    show_debug(&document);
    reply(|response| response.document(document));
    let mut pieces = any(Resumable::new(document));
    while any(true) {
        keep(pieces.fill(room(&mut bytes)));
        keep(pieces.is_done());
        pieces = any(pieces.clone());
    }
    show_debug(&pieces);
}

fn streams(document: impl Document + Copy + Debug) {
    let mut bytes = [0; 512];
    let exchange = any(Exchange::GET);
    for is_measured in [any(false), any(true)] {
        let response = Response::to(&exchange, room(&mut bytes), any(Status::OK));
        let transfer = match is_measured {
            true => response.document_sized(document),
            false => response.document_stream(document),
        };
        if let Ok(mut transfer) = transfer {
            while let Ok(Step::Send { bytes, .. }) = transfer.step() {
                let n = any(bytes.len());
                keep(bytes);
                transfer.sent(n);
            }
            keep(transfer.closes());
            keep(transfer.check(&exchange));
            show_debug(&transfer);
        }
    }
}

fn elements<D: Dialect + Debug>(dialect: D) {
    let mut bytes = [0; 512];
    let exchange = any(Exchange::GET);
    let response = Response::to(&exchange, room(&mut bytes), any(Status::OK));
    let elements = match any(true) {
        true => response.array_stream(dialect),
        false => response.object_stream(dialect),
    };
    let Ok(mut elements) = elements else { return };
    while any(true) {
        let value = any(BySerde);
        pump(elements.item(D::of(&value)));
        pump(elements.member(text(), D::of(&value)));
        pump(elements.flush());
        pump(elements.end());
        keep(elements.closes());
        keep(elements.check(&exchange));
        show_debug(&elements);
    }
}

fn pump<D: Dialect, T: Document<Dialect = D>>(piece: Result<Piece<'_, '_, D, T>, JsonError>) {
    if let Ok(mut piece) = piece {
        show_debug(&piece);
        while let Ok(Step::Send { bytes, .. }) = piece.step() {
            let n = any(bytes.len());
            keep(bytes);
            piece.sent(n);
        }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_elements() {
    elements(any(Python));
    #[cfg(not(feature = "one-dialect"))]
    {
        elements(any(Ujson));
        elements(any(Orjson));
        elements(any(Pydantic));
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_python() {
    documents::<Python>();
    show_debug(&any(Python));
}

#[cfg(not(feature = "one-dialect"))]
#[unsafe(no_mangle)]
pub extern "C" fn surface_ujson() {
    documents::<Ujson>();
    show_debug(&any(Ujson));
}

#[cfg(not(feature = "one-dialect"))]
#[unsafe(no_mangle)]
pub extern "C" fn surface_orjson() {
    documents::<Orjson>();
    show_debug(&any(Orjson));
}

#[cfg(not(feature = "one-dialect"))]
#[unsafe(no_mangle)]
pub extern "C" fn surface_pydantic() {
    documents::<Pydantic>();
    show_debug(&any(Pydantic));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_json_error() {
    show(&any(JsonError::Custom));
}
