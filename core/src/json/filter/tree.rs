//! The two trees of a filter, and the place of a value in them.

use serde_core::Serialize;

use super::key;
use super::part::Part;

/// The part of one of the trees that is about a value.
#[derive(Clone, Copy)]
pub(super) enum Tree<'p> {
    /// Nothing, and so nothing about its parts.
    Silent,
    /// These parts are meant.
    Parts(&'p [Part<'p>]),
    /// Parts are meant, by more than one list.
    Joined(&'p Node<'p>),
}

/// A part of a value about which several lists are.
#[derive(Clone, Copy)]
pub(super) struct Node<'p> {
    above: Tree<'p>,
    step: Step<'p>,
    /// The lists about each part are about this one too.
    is_each: bool,
    /// The number of values around this one, and it, that have several lists each: a list is looked
    /// for twice in each of them.
    depth: u8,
}

/// The number of values one in another that may have several lists each.
const MAX_JOINED: u8 = 8;

/// The name of a value's part.
#[derive(Clone, Copy)]
pub(super) enum Step<'p> {
    Name(&'p str),
    /// The index of an element, and how many there are, or 0 where that is not known.
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

/// The meaning of a tree for a value's part.
#[derive(Clone, Copy)]
enum Found<'p> {
    /// It is not in the tree.
    Nothing,
    /// All of it is meant.
    Whole,
    /// Parts of it are meant.
    Parts(&'p [Part<'p>]),
    /// Parts of it are meant, by more than one list.
    Joined(Node<'p>),
}

impl Found<'_> {
    const fn tree(&self) -> Tree<'_> {
        match self {
            Self::Nothing | Self::Whole => Tree::Silent,
            Self::Parts(parts) => Tree::Parts(parts),
            Self::Joined(node) => Tree::Joined(node),
        }
    }
}

impl<'p> Tree<'p> {
    /// Shows `visit` the lists of parts that are about this value: what is said by its own name
    /// goes before what is said about each.
    fn lists(self, visit: &mut dyn FnMut(&'p [Part<'p>])) {
        match self {
            Self::Silent => {}
            Self::Parts(parts) => visit(parts),
            Self::Joined(node) => {
                let mut within = |is: &dyn Fn(Part<'p>) -> bool| {
                    node.above.lists(&mut |parts| {
                        let named = parts.iter().filter(|part| is(**part));
                        named.filter_map(|part| part.parts()).for_each(&mut *visit);
                    });
                };
                within(&|part| node.step.is(part));
                if node.is_each {
                    within(&Part::is_each);
                }
            }
        }
    }

    /// Counts the values, this one and those around it, that have several lists each.
    const fn joined(self) -> u8 {
        match self {
            Self::Silent | Self::Parts(_) => 0,
            Self::Joined(node) => node.depth,
        }
    }

    /// Counts the parts that `is` is true of.
    #[inline]
    fn count(self, mut is: impl FnMut(Part<'p>) -> bool) -> usize {
        let mut here = |parts: &[Part<'p>]| parts.iter().filter(|part| is(**part)).count();
        match self {
            Self::Silent => 0,
            Self::Parts(parts) => here(parts),
            Self::Joined(_) => {
                let mut count = 0_usize;
                self.lists(&mut |parts| count = count.saturating_add(here(parts)));
                count
            }
        }
    }

    /// Finds what is said about a part.
    #[inline]
    fn find(self, step: Step<'p>) -> Found<'p> {
        let mut said = Said::default();
        match self {
            Self::Silent => return Found::Nothing,
            Self::Parts(parts) => said.read(parts, step),
            Self::Joined(_) => self.lists(&mut |parts| said.read(parts, step)),
        }
        said.found(self, step)
    }

    /// Finds the name of a map's key.
    fn key<K: Serialize + ?Sized>(self, key: &K) -> Step<'p> {
        let mut step = Step::Other;
        self.lists(&mut |parts| {
            for name in parts.iter().filter_map(|part| part.name()) {
                if matches!(step, Step::Other) && key::is(key, name) {
                    step = Step::Name(name);
                }
            }
        });
        step
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
    /// All of it: the first list that is about it says so.
    is_whole: bool,
    /// Parts of it: the first list of them, and how many lists there are.
    first: Option<&'p [Part<'p>]>,
    lists: usize,
}

impl<'p> Said<'p> {
    fn read(&mut self, parts: &'p [Part<'p>], step: Step<'p>) {
        let is_silent = |meant: &Meant<'_>| !meant.is_whole && meant.lists == 0;
        let (is_first, is_first_each) = (is_silent(&self.itself), is_silent(&self.each));
        for part in parts {
            let (meant, is_first) = match (part.is_each(), step.is(*part)) {
                (true, _) => (&mut self.each, is_first_each),
                (false, true) => (&mut self.itself, is_first),
                (false, false) => continue,
            };
            match part.parts() {
                None => meant.is_whole |= is_first,
                Some(parts) => {
                    meant.first = meant.first.or(Some(parts));
                    meant.lists = meant.lists.saturating_add(1);
                }
            }
        }
    }

    /// Lets what is said by its own name go before what is said about each, and joins the two where
    /// neither means all of the part.
    fn found(self, above: Tree<'p>, step: Step<'p>) -> Found<'p> {
        let Self { itself, each } = self;
        if itself.is_whole || (itself.lists == 0 && each.is_whole) {
            return Found::Whole;
        }
        let is_each = !each.is_whole;
        let lists = match is_each {
            true => itself.lists.saturating_add(each.lists),
            false => itself.lists,
        };
        match (itself.first.or(each.first), lists) {
            (None, _) => Found::Nothing,
            (Some(parts), 1) => Found::Parts(parts),
            (Some(_), _) => Found::Joined(Node {
                above,
                step,
                is_each,
                depth: above.joined().saturating_add(1),
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

/// A part that was chosen.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'p> {
    include: Found<'p>,
    exclude: Found<'p>,
}

impl Chosen<'_> {
    /// Tells what is included and excluded of it.
    pub(super) const fn choice(&self) -> Choice<'_> {
        Choice {
            include: self.include.tree(),
            exclude: self.exclude.tree(),
        }
    }
}

impl<'p> Choice<'p> {
    /// Tells whether there is nothing to choose.
    pub(super) const fn is_silent(self) -> bool {
        matches!((self.include, self.exclude), (Tree::Silent, Tree::Silent))
    }

    /// Tells whether a search for what is said about parts would take too long.
    pub(super) const fn is_too_deep(self) -> bool {
        self.include.joined() > MAX_JOINED || self.exclude.joined() > MAX_JOINED
    }

    /// Chooses a field or an element, unless it is left out.
    #[inline]
    pub(super) fn part(self, step: Step<'p>) -> Option<Chosen<'p>> {
        self.steps(step, step)
    }

    /// Chooses a map's value, unless it is left out.
    pub(super) fn value<K: Serialize + ?Sized>(self, key: &K) -> Option<Chosen<'p>> {
        self.steps(self.include.key(key), self.exclude.key(key))
    }

    #[inline]
    fn steps(self, include: Step<'p>, exclude: Step<'p>) -> Option<Chosen<'p>> {
        let include = match self.include {
            Tree::Silent => Found::Whole,
            tree => tree.find(include),
        };
        let exclude = self.exclude.find(exclude);
        match (include, exclude) {
            (Found::Nothing, _) | (_, Found::Whole) => None,
            _ => Some(Chosen { include, exclude }),
        }
    }

    /// Counts the parts that `is` is true of.
    pub(super) fn count(self, mut is: impl FnMut(Part<'p>) -> bool) -> usize {
        let include = self.include.count(&mut is);
        include.saturating_add(self.exclude.count(is))
    }
}
