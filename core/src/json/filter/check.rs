//! The check of a filter before there is a value.

use super::part::Part;
use super::settings::Filter;
use super::shape::{Shape, Shaped};
use crate::error::JsonError;

impl Filter<'_> {
    /// Checks that values of a type can have the parts that are named, also those of empty lists
    /// and of what is null. A filter that is a constant is checked by the compiler:
    ///
    /// ```
    /// use replywire::json::{Filter, JsonError, Part, Shape, Shaped};
    ///
    /// struct Item;
    ///
    /// impl Shaped for Item {
    ///     const SHAPE: &'static Shape = &Shape::Model(&[("id", &Shape::Leaf)]);
    /// }
    ///
    /// const PUBLIC: Filter = Filter::new().exclude(&[Part::InEach(&[Part::Name("id")])]);
    /// const _: () = assert!(PUBLIC.check::<[Item]>().is_ok());
    ///
    /// let misspelled = Filter::new().exclude(&[Part::Name("ID")]);
    /// assert_eq!(misspelled.check::<Item>(), Err(JsonError::UnknownField));
    /// ```
    ///
    /// What passes may still be an error where a value comes: of [`Shape::Any`] nothing is known,
    /// and parts of [`Each`](Part::InEach) field of a model need be parts of one field alone.
    ///
    /// # Errors
    ///
    /// The first part that no value can have: [`UnknownField`](JsonError::UnknownField),
    /// [`NotAModel`](JsonError::NotAModel), [`NotAList`](JsonError::NotAList) or
    /// [`NoParts`](JsonError::NoParts).
    pub const fn check<T: Shaped + ?Sized>(&self) -> Result<(), JsonError> {
        if let Some(parts) = self.include
            && let Err(error) = fit(parts, T::SHAPE, true)
        {
            return Err(error);
        }
        fit(self.exclude, T::SHAPE, false)
    }
}

/// Checks parts of a value.
const fn fit(
    parts: &[Part<'_>],
    shape: &'static Shape,
    is_included: bool,
) -> Result<(), JsonError> {
    if let Shape::Leaf = shape {
        return match parts.is_empty() && !is_included {
            true => Ok(()),
            false => Err(JsonError::NoParts),
        };
    }
    let mut rest = parts;
    while let [part, others @ ..] = rest {
        if let Err(error) = fits(part, shape, is_included) {
            return Err(error);
        }
        rest = others;
    }
    Ok(())
}

/// Checks one part of a value that has some.
const fn fits(part: &Part<'_>, shape: &'static Shape, is_included: bool) -> Result<(), JsonError> {
    let of = match (shape, part) {
        (Shape::Any | Shape::Leaf, _) => return Ok(()),
        (Shape::List(_), Part::In(..) | Part::Name(_)) => return Err(JsonError::NotAModel),
        (Shape::Joined(_) | Shape::Map(_) | Shape::Model(_), Part::At(_) | Part::InAt(..)) => {
            return Err(JsonError::NotAList);
        }
        (Shape::List(of) | Shape::Map(of), _) => of,
        (Shape::Joined(_) | Shape::Model(_), Part::In(name, _) | Part::Name(name)) => {
            match field(shape, name) {
                Some(of) => of,
                None => return Err(JsonError::UnknownField),
            }
        }
        (Shape::Joined(_) | Shape::Model(_), Part::InEach(parts)) => {
            return fit_any(parts, shape, is_included);
        }
        (Shape::Joined(_) | Shape::Model(_), Part::Each) => return Ok(()),
    };
    match part.parts() {
        Some(parts) => fit(parts, of, is_included),
        None => Ok(()),
    }
}

/// Finds the shape of a field. What is not known may have any.
const fn field(shape: &'static Shape, name: &str) -> Option<&'static Shape> {
    match *shape {
        Shape::Any => return Some(shape),
        Shape::Joined(mut shapes) => {
            while let [shape, others @ ..] = shapes {
                if let Some(found) = field(shape, name) {
                    return Some(found);
                }
                shapes = others;
            }
        }
        Shape::Model(mut fields) => {
            while let [(other, shape), others @ ..] = fields {
                if is_same(other.as_bytes(), name.as_bytes()) {
                    return Some(shape);
                }
                fields = others;
            }
        }
        Shape::Leaf | Shape::List(_) | Shape::Map(_) => {}
    }
    None
}

/// Checks parts of each field. Others may be said of the rest, so one field that can have them is
/// enough.
const fn fit_any(parts: &[Part<'_>], shape: &Shape, is_included: bool) -> Result<(), JsonError> {
    let mut result = Ok(());
    match *shape {
        Shape::Joined(mut shapes) => {
            while let [shape, others @ ..] = shapes {
                result = fit_any(parts, shape, is_included);
                if result.is_ok() {
                    break;
                }
                shapes = others;
            }
        }
        Shape::Model(mut fields) => {
            while let [(_, shape), others @ ..] = fields {
                result = fit(parts, shape, is_included);
                if result.is_ok() {
                    break;
                }
                fields = others;
            }
        }
        Shape::Any | Shape::Leaf | Shape::List(_) | Shape::Map(_) => {}
    }
    result
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let (mut one, mut other) = (one, other);
    loop {
        match (one, other) {
            ([], []) => return true,
            ([a, rest @ ..], [b, others @ ..]) if *a == *b => (one, other) = (rest, others),
            _ => return false,
        }
    }
}
