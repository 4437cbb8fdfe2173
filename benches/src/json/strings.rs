//! Posts of people all over the world: strings, most of them not ASCII, with an escape now and then.

use replywire::json::{Outcome, Sink, ToJson, Value};
use serde::Serialize;

use super::contest::contest;
use crate::dice::Dice;
use crate::measure::Work;

pub(super) fn work() -> Work {
    let mut dice = Dice::new(0x5ca1_ab1e_0ddb_a115);
    let posts: Vec<Post> = (0..450).map(|_| post(&mut dice)).collect();
    contest("strings", posts.leak())
}

#[derive(Serialize)]
struct Post {
    id: u64,
    language: &'static str,
    author: String,
    text: String,
}

impl ToJson for Post {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.object()?
            .field("id", &self.id)?
            .field("language", self.language)?
            .field("author", self.author.as_str())?
            .field("text", self.text.as_str())?
            .end()
    }
}

fn post(dice: &mut Dice) -> Post {
    let language = &LANGUAGES[dice.below(LANGUAGES.len())];
    let (author, text) = (8 + dice.below(13), 20 + dice.below(181));
    Post {
        id: dice.bits() >> 4,
        language: language.name,
        author: language.text(author, dice),
        text: language.text(text, dice),
    }
}

/// A text of so many characters in some language.
pub(super) fn any_text(chars: usize, dice: &mut Dice) -> String {
    LANGUAGES[dice.below(LANGUAGES.len())].text(chars, dice)
}

struct Language {
    name: &'static str,
    words: &'static [&'static str],
    /// What is between words.
    blank: &'static str,
}

impl Language {
    /// A text of so many characters.
    fn text(&self, chars: usize, dice: &mut Dice) -> String {
        let mut text = String::new();
        while text.chars().count() < chars {
            text.push_str(match dice.below(48) {
                0 => "\n",
                1 => "\"",
                2 => "https://example.org/p/7Qh2kz",
                3 | 4 => dice.pick(PICTURES),
                _ => dice.pick(self.words),
            });
            text.push_str(self.blank);
        }
        text.chars().take(chars).collect()
    }
}

const PICTURES: &[&str] = &["😀", "🎉", "🌧️", "👍🏽", "❤️", "→"];

const LANGUAGES: &[Language] = &[
    Language {
        name: "en",
        words: &[
            "the",
            "rain",
            "has",
            "stopped",
            "and",
            "everybody",
            "is",
            "outside",
            "again,",
        ],
        blank: " ",
    },
    Language {
        name: "fr",
        words: &[
            "où", "l'été", "déjà", "très", "forêt", "garçon", "cœur", "à", "demain", "même",
        ],
        blank: " ",
    },
    Language {
        name: "ru",
        words: &[
            "сегодня",
            "дождь",
            "кончился",
            "и",
            "все",
            "снова",
            "на",
            "улице",
            "привет,",
        ],
        blank: " ",
    },
    Language {
        name: "ar",
        words: &[
            "اليوم",
            "توقف",
            "المطر",
            "و",
            "الجميع",
            "في",
            "الخارج",
            "مرة",
            "أخرى",
        ],
        blank: " ",
    },
    Language {
        name: "ja",
        words: &[
            "今日は",
            "雨が",
            "止んで",
            "みんな",
            "また",
            "外に",
            "います",
            "。",
            "おはよう",
            "東京",
        ],
        blank: "",
    },
    Language {
        name: "ko",
        words: &[
            "오늘은",
            "비가",
            "그치고",
            "모두",
            "다시",
            "밖에",
            "있어요.",
            "안녕하세요",
            "서울",
        ],
        blank: " ",
    },
];
