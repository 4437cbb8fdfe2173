//! The two trees of a filter, and the place of a value in them.

use core::{iter, ptr};

use serde_core::Serialize;

use super::key::{self, Words};
use super::part::Part;
use crate::error::JsonError;

/// The part of one of the trees that is about a value; `None` where nothing is said about it.
pub(super) type Tree<'p> = Option<Lists<'p>>;

/// The most lists that are about one value.
const MOST_LISTS: usize = 16;

/// A list with its rank: what is said by a value's own name goes before what is said about each.
/// What is said by one name has one rank.
type Ranked<'p> = (u8, &'p [Part<'p>]);

/// The lists of parts that are about one value, each once, in their order.
#[derive(Clone, Copy)]
pub(super) struct Lists<'p> {
    /// Its rank is 0.
    first: &'p [Part<'p>],
    rest: &'p [Ranked<'p>],
}

/// The name of a value's part.
#[derive(Clone, Copy)]
pub(super) enum Step<'p> {
    Name(&'p str),
    /// The index of an element, and how many there are, or 0 where nothing counts from the end.
    Index(usize, usize),
    /// A name that the tree does not have.
    Other,
}

impl Step<'_> {
    /// Tells whether it is this part that `part` means by itself.
    fn is(self, part: Part<'_>) -> bool {
        match self {
            Self::Name(name) => part.name() == Some(name),
            Self::Index(at, len) => match part.index() {
                None => false,
                Some(index @ 0..) => index.unsigned_abs() as usize == at,
                Some(index) => len.checked_sub(index.unsigned_abs() as usize) == Some(at),
            },
            Self::Other => false,
        }
    }
}

/// The steps to a value's part in the two trees.
#[derive(Clone, Copy)]
pub(super) struct Steps<'p> {
    include: Step<'p>,
    exclude: Step<'p>,
}

impl<'p> From<Step<'p>> for Steps<'p> {
    fn from(step: Step<'p>) -> Self {
        Self {
            include: step,
            exclude: step,
        }
    }
}

/// The meaning of a tree for a value's part.
enum Found<'p> {
    /// It is not in the tree.
    Nothing,
    /// All of it is meant.
    Whole,
    /// Parts of it are meant, by one list.
    Parts(&'p [Part<'p>]),
    /// Parts of it are meant, by several lists.
    Joined(Joined<'p>),
}

/// Several lists about a part.
#[derive(Clone, Copy)]
struct Joined<'p> {
    above: Lists<'p>,
    step: Step<'p>,
    /// The lists about each part are about this one too.
    is_each: bool,
}

/// The order in which a list goes before others: those about each come last.
type Rank = (bool, u8);

impl<'p> Joined<'p> {
    /// Gives the lists in their order.
    fn lists(self) -> impl Iterator<Item = (Rank, &'p [Part<'p>])> {
        let by = move |is_each: bool| {
            self.above.iter().flat_map(move |(rank, parts)| {
                parts
                    .iter()
                    .filter(move |part| match is_each {
                        true => self.is_each && part.is_each(),
                        false => self.step.is(**part),
                    })
                    .filter_map(move |part| Some(((is_each, rank), part.parts()?)))
            })
        };
        by(false).chain(by(true))
    }

    /// Shows `then` each of the lists once.
    #[cold]
    #[inline(never)]
    fn show(self, then: &mut dyn FnMut(Tree<'_>)) -> Result<(), JsonError> {
        let mut lists: [Ranked<'_>; MOST_LISTS] = [(0, &[]); MOST_LISTS];
        let mut count = 0_usize;
        let mut last: Option<(Rank, u8)> = None;
        for (rank, list) in self.lists() {
            let mut known = lists.iter().take(count);
            if known.any(|(_, known)| ptr::eq(*known, list)) {
                continue;
            }
            let place = lists.get_mut(count).ok_or(JsonError::TooManyLists)?;
            let here = match last {
                None => 0,
                Some((other, here)) => here.saturating_add(u8::from(other != rank)),
            };
            *place = (here, list);
            last = Some((rank, here));
            count = count.saturating_add(1);
        }
        let shown = lists.get(..count).and_then(<[_]>::split_first);
        then(shown.map(|((_, first), rest)| Lists { first, rest }));
        Ok(())
    }
}

impl Found<'_> {
    /// Shows `then` what is said about the parts of the part.
    fn show(&self, then: &mut dyn FnMut(Tree<'_>)) -> Result<(), JsonError> {
        match self {
            Self::Nothing | Self::Whole => then(None),
            Self::Parts(parts) => then(Some(Lists::one(parts))),
            Self::Joined(joined) => return joined.show(then),
        }
        Ok(())
    }
}

impl<'p> Lists<'p> {
    /// One list alone.
    pub(super) const fn one(first: &'p [Part<'p>]) -> Self {
        Self { first, rest: &[] }
    }

    /// Gives the lists in their order, each with its rank.
    fn iter(self) -> impl Iterator<Item = Ranked<'p>> {
        iter::once((0, self.first)).chain(self.rest.iter().copied())
    }

    /// Gives all parts.
    pub(super) fn parts(self) -> impl Iterator<Item = Part<'p>> {
        self.iter().flat_map(|(_, parts)| parts.iter().copied())
    }

    /// Finds what is said about a part.
    #[inline]
    fn find(self, step: Step<'p>) -> Found<'p> {
        let mut said = Said::default();
        for (rank, parts) in self.iter() {
            said.read(rank, parts, step);
        }
        said.found(self, step)
    }

    /// Finds the name of a map's key.
    fn key<K: Serialize + ?Sized>(self, key: &K, words: &Words) -> Step<'p> {
        self.parts()
            .filter_map(Part::name)
            .find(|name| key::is(key, name, words))
            .map_or(Step::Other, Step::Name)
    }
}

/// The words of lists about a part by its own name, and about each.
#[derive(Default)]
struct Said<'p> {
    itself: Meant<'p>,
    each: Meant<'p>,
}

/// The meaning of a part.
#[derive(Default)]
struct Meant<'p> {
    /// The rank of the first list that is about it.
    rank: Option<u8>,
    /// All of it: a list of this rank says so.
    is_whole: bool,
    /// Parts of it: the first list of them, and how many lists there are.
    first: Option<&'p [Part<'p>]>,
    lists: usize,
}

impl<'p> Said<'p> {
    fn read(&mut self, rank: u8, parts: &'p [Part<'p>], step: Step<'p>) {
        for part in parts {
            let meant = match (part.is_each(), step.is(*part)) {
                (true, _) => &mut self.each,
                (false, true) => &mut self.itself,
                (false, false) => continue,
            };
            let first = *meant.rank.get_or_insert(rank);
            match part.parts() {
                None => meant.is_whole |= first == rank,
                Some(parts) => {
                    meant.first = meant.first.or(Some(parts));
                    meant.lists = meant.lists.saturating_add(1);
                }
            }
        }
    }

    /// Lets what is said by its own name go before what is said about each, and joins the two where
    /// neither means all of the part.
    fn found(self, above: Lists<'p>, step: Step<'p>) -> Found<'p> {
        let Self { itself, each } = self;
        if itself.is_whole || (itself.lists == 0 && each.is_whole) {
            return Found::Whole;
        }
        let is_each = !each.is_whole;
        let count = match is_each {
            true => itself.lists.saturating_add(each.lists),
            false => itself.lists,
        };
        match (itself.first.or(each.first), count) {
            (None, _) => Found::Nothing,
            (Some(parts), 1) => Found::Parts(parts),
            (Some(_), _) => Found::Joined(Joined {
                above,
                step,
                is_each,
            }),
        }
    }
}

/// The parts of a value that are included, where that is not all, and those that are excluded.
#[derive(Clone, Copy)]
pub(super) struct Choice<'p> {
    pub(super) include: Tree<'p>,
    pub(super) exclude: Tree<'p>,
}

impl<'p> Choice<'p> {
    /// The choice of all.
    pub(super) const ALL: Self = Self {
        include: None,
        exclude: None,
    };

    /// Tells whether there is nothing to choose.
    pub(super) const fn is_silent(self) -> bool {
        self.include.is_none() && self.exclude.is_none()
    }

    /// Shows `then` what is chosen of a part, unless the part is left out. It is an error if too
    /// many lists are about it.
    pub(super) fn part(
        self,
        Steps { include, exclude }: Steps<'p>,
        then: &mut dyn FnMut(Choice<'_>),
    ) -> Result<(), JsonError> {
        let include = match self.include {
            None => Found::Whole,
            Some(lists) => lists.find(include),
        };
        let exclude = match self.exclude {
            None => Found::Nothing,
            Some(lists) => lists.find(exclude),
        };
        if let (Found::Nothing, _) | (_, Found::Whole) = (&include, &exclude) {
            return Ok(());
        }
        let mut inner = Ok(());
        include.show(&mut |include| {
            inner = exclude.show(&mut |exclude| then(Choice { include, exclude }));
        })?;
        inner
    }

    /// Finds the steps to a map's value.
    pub(super) fn key<K: Serialize + ?Sized>(self, key: &K, words: &Words) -> Steps<'p> {
        let find = |tree: Tree<'p>| tree.map_or(Step::Other, |lists| lists.key(key, words));
        Steps {
            include: find(self.include),
            exclude: find(self.exclude),
        }
    }

    /// Gives the parts of both trees.
    pub(super) fn parts(self) -> impl Iterator<Item = Part<'p>> {
        let parts = |tree: Tree<'p>| tree.into_iter().flat_map(Lists::parts);
        parts(self.include).chain(parts(self.exclude))
    }
}
