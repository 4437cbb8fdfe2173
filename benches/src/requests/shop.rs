//! What the servers have: products, which are told as JSON, and files.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{env, process};

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::dice::Dice;

/// The numbers of items of the documents that are asked for.
pub(super) const COUNTS: [usize; 7] = [1, 5, 10, 15, 25, 40, 50];

/// The products of every server.
pub(super) static SHOP: LazyLock<Shop> = LazyLock::new(Shop::new);

#[derive(Debug)]
pub(super) struct Shop {
    products: Vec<Product>,
}

#[derive(Debug)]
struct Product {
    id: u32,
    name: String,
    category: &'static str,
    price: f64,
    quantity: u32,
    active: bool,
    tags: [&'static str; 3],
    rating: Rating,
}

#[derive(Debug, Serialize)]
struct Rating {
    score: f64,
    count: u32,
}

const CATEGORIES: [&str; 4] = ["electronics", "garden", "kitchen", "books & music"];
const TAGS: [&str; 5] = [
    "new",
    "fragile",
    "on sale",
    "heavy",
    "handmade \"original\"",
];

impl Shop {
    fn new() -> Self {
        let mut dice = Dice::new(0x6a09_e667_f3bc_c908);
        let mut below = |most: u64| (dice.bits() % most) as usize;
        let products = (1..=50).map(|id| {
            let first = below(5);
            Product {
                id,
                name: format!(
                    "Product {id} for the {}",
                    ["house", "car", "café"][below(3)]
                ),
                category: CATEGORIES[below(4)],
                price: below(100_000) as f64 / 100.0,
                quantity: below(100) as u32,
                active: below(2) == 0,
                tags: [0, 1, 2].map(|next| TAGS[(first + next) % TAGS.len()]),
                rating: Rating {
                    score: below(51) as f64 / 10.0,
                    count: below(1000) as u32,
                },
            }
        });
        Self {
            products: products.collect(),
        }
    }

    /// The first `count` products, as a document that is computed while it is written.
    pub(super) fn document(&self, count: usize) -> Option<Document<'_>> {
        let products = self.products.get(..count)?;
        Some(Document {
            items: products.iter().map(Item).collect(),
            count,
        })
    }
}

/// What a reply tells of products.
#[derive(Debug, Serialize)]
pub(super) struct Document<'s> {
    items: Vec<Item<'s>>,
    count: usize,
}

/// A product with what all of it costs.
#[derive(Debug)]
struct Item<'s>(&'s Product);

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let product = self.0;
        let total = (product.price * f64::from(product.quantity) * 100.0).round() / 100.0;
        let mut item = serializer.serialize_struct("Item", 9)?;
        item.serialize_field("id", &product.id)?;
        item.serialize_field("name", &product.name)?;
        item.serialize_field("category", product.category)?;
        item.serialize_field("price", &product.price)?;
        item.serialize_field("quantity", &product.quantity)?;
        item.serialize_field("active", &product.active)?;
        item.serialize_field("tags", &product.tags)?;
        item.serialize_field("rating", &product.rating)?;
        item.serialize_field("total", &total)?;
        item.end()
    }
}

/// A temporary folder with files and their siblings, gone when it is dropped.
#[derive(Debug)]
pub(super) struct Files {
    path: PathBuf,
    siblings: Vec<Vec<u8>>,
}

/// How many files there are, each with a sibling.
const FILES: usize = 20;
/// The shortest file, and how much longer each is than the one before.
const SHORTEST: usize = 1500;

impl Files {
    pub(super) fn new() -> io::Result<Self> {
        let mut dice = Dice::new(0x3c6e_f372_fe94_f82b);
        let mut bytes = |len: usize| -> Vec<u8> {
            let words = (0..len.div_ceil(8)).flat_map(|_| dice.bits().to_le_bytes());
            words.take(len).collect()
        };
        let path = env::temp_dir().join(format!("replywire-benches-{}-files", process::id()));
        let served = served(&path);
        fs::create_dir_all(&served)?;
        let mut siblings = Vec::new();
        let mut len = SHORTEST;
        for index in 0..FILES {
            let name = name(index);
            // No server looks into them, so random bytes of a usual length do for the sibling.
            let sibling = bytes(len / 4);
            write(&served.join(&name), &bytes(len))?;
            write(&served.join(format!("{name}.br")), &sibling)?;
            siblings.push(sibling);
            len += len / 4;
        }
        Ok(Self { path, siblings })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The path of each file in a request, and what its sibling holds.
    pub(super) fn siblings(&self) -> impl Iterator<Item = (String, &[u8])> {
        let name = |index| format!("/static/{}", name(index));
        let siblings = self.siblings.iter().enumerate();
        siblings.map(move |(index, sibling)| (name(index), &sibling[..]))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // What is left is in a folder for temporary files.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// The part of a folder that servers show; the rest is their own.
pub(super) fn served(folder: &Path) -> PathBuf {
    folder.join("static")
}

fn name(index: usize) -> String {
    let kind = ["css", "js", "html", "json", "svg"][index % 5];
    format!("file-{index}.{kind}")
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    // Nothing is left for the kernel to write while servers are measured.
    file.sync_all()
}
