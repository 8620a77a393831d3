//! What the matcher knows of words: which are written in several ways, which say nothing, and which
//! are titles of states.

/// Words that may be missing or translated without changing which country is meant. `&` is gone by
/// folding.
const SILENT: [&str; 16] = [
    "the", "of", "and", "dan", "de", "du", "des", "la", "le", "les", "et", "el", "los", "las",
    "del", "y",
];

/// Words that may be abbreviated, each with what stands for it: *St. Lucia*, *Central African
/// Rep.*, *Solomon Is.* One island or several is no difference between countries either.
const WRITTEN_AS: [(&str, &str); 12] = [
    ("st", "saint"),
    ("rep", "republic"),
    ("dem", "democratic"),
    ("is", "islands"),
    ("isl", "islands"),
    ("isls", "islands"),
    ("isds", "islands"),
    ("ste", "sainte"),
    ("island", "islands"),
    ("kep", "kepulauan"),
    ("terr", "territory"),
    ("territories", "territory"),
];

/// Abbreviated words of titles, each with what stands for it in English, French, Spanish and
/// Indonesian.
const TITLES_WRITTEN_AS: [(&str, [&str; 4]); 3] = [
    ("rep", ["republic", "republique", "republica", "republik"]),
    ("dem", ["democratic", "democratique", "democratica", "demokratik"]),
    ("fed", ["federal", "federale", "federal", "federal"]),
];

/// Points of the compass: they tell the parts of a divided country apart.
const POINTS: [&str; 23] = [
    "north",
    "south",
    "east",
    "west",
    "northern",
    "southern",
    "eastern",
    "western",
    "utara",
    "selatan",
    "timur",
    "barat",
    "nord",
    "sud",
    "est",
    "ouest",
    "norte",
    "sur",
    "este",
    "oeste",
    "oriental",
    "occidental",
    "orientale",
];

/// Points of the compass as the first letter of a name: *S. Sudan*.
const COMPASS: [(&str, &str); 4] = [("n", "north"), ("s", "south"), ("e", "east"), ("w", "west")];

/// The titles of states, in English, Indonesian, French and Spanish: each line is one idea, however
/// inflected.
const TITLES: [&[&str]; 23] = [
    &["republic", "republics", "republik", "rep", "republique", "republica"],
    &["kingdom", "kerajaan", "royaume", "reino"],
    &["peoples", "people", "rakyat", "populaire", "popular"],
    &["democratic", "demokratik", "demokrat", "dem", "democratique", "democratica"],
    &["islamic", "islam", "islamique", "islamica"],
    &[
        "federal",
        "federative",
        "federated",
        "federation",
        "federasi",
        "federatif",
        "persekutuan",
        "fed",
        "federale",
        "federacion",
        "federes",
        "federados",
        "federativa",
    ],
    &["socialist", "sosialis", "socialiste", "socialista"],
    &[
        "union",
        "united",
        "uni",
        "persatuan",
        "bersatu",
        "kesatuan",
        "serikat",
        "unie",
        "unis",
        "unies",
        "unida",
        "unido",
        "unidos",
        "unidas",
    ],
    &["state", "states", "negara", "etat", "etats", "estado", "estados"],
    &["sultanate", "kesultanan", "sultanat", "sultanato", "sultania"],
    &["emirate", "keemiran", "emirat", "emirats", "emirato", "emiratos"],
    &["principality", "kepangeranan", "principaute", "principado"],
    &["duchy", "keadipatian", "duche", "ducado"],
    &["grand", "agung", "gran"],
    &["commonwealth", "persemakmuran", "mancomunidad"],
    &["arab", "arabe"],
    &["independent", "merdeka", "independant", "independiente"],
    &["confederation", "konfederasi", "confederacion"],
    &["cooperative", "co", "operative", "koperatif", "cooperativa"],
    &["bolivarian", "bolivarienne", "bolivariana"],
    &["plurinational", "plurinacional"],
    &["eastern", "oriental", "orientale"],
    &["hashemite", "hachemite", "hachemita"],
];

/// Names that more than one state has claimed, or whose plain republic is another than the country
/// of that name today (the Republic of Viet Nam was not Viet Nam): never completed by a title that
/// is not listed.
const CONTESTED: [&str; 44] = [
    "china",
    "cina",
    "tiongkok",
    "congo",
    "kongo",
    "cyprus",
    "siprus",
    "germany",
    "jerman",
    "guinea",
    "ireland",
    "irlandia",
    "korea",
    "macedonia",
    "makedonia",
    "masedonia",
    "micronesia",
    "mikronesia",
    "samoa",
    "sudan",
    "timor",
    "viet",
    "vietnam",
    "yemen",
    "yaman",
    "yugoslavia",
    "somalia",
    "libya",
    "chine",
    "chypre",
    "chipre",
    "allemagne",
    "alemania",
    "guinee",
    "irlande",
    "irlanda",
    "coree",
    "corea",
    "macedoine",
    "soudan",
    "yougoslavie",
    "somalie",
    "libye",
    "libia",
];

/// Words that introduce a second name of the same country: *Eswatini (formerly Swaziland)*.
const INTRODUCTIONS: [&str; 9] =
    ["formerly", "former", "previously", "ex", "aka", "or", "dahulu", "sebelumnya", "atau"];

/// Words that join names: of two countries, or within the name of one.
pub(super) const CONJUNCTIONS: [&str; 5] = ["and", "dan", "serta", "et", "y"];

/// The ideas in a title, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Title(u32);

impl Title {
    /// A republic and nothing more.
    pub(super) const REPUBLIC: Title = Title(1);

    /// The title that consists of these words; nothing if one of them belongs to no title.
    pub(super) fn of(words: &[&str]) -> Option<Title> {
        let mut title = Title::default();
        for word in words.iter().filter(|word| !SILENT.contains(word)) {
            let idea = TITLES.iter().position(|idea| idea.contains(word))?;
            title.0 |= 1 << idea;
        }
        (title != Title::default()).then_some(title)
    }

    fn is_republic(self) -> bool {
        self.0 & Title::REPUBLIC.0 != 0
    }
}

/// Whether a name says that it is some republic's: *Islamic Republic of Iran*, *Gabonese Republic*;
/// not *Hong Kong Special Administrative Region of the People's Republic of China*.
pub(super) fn is_of_a_republic(words: &[&str]) -> bool {
    let leading = (1..=words.len().min(MOST_TITLE_WORDS))
        .filter_map(|n| Title::of(&words[..n]))
        .any(Title::is_republic);
    leading || words.last().is_some_and(|last| Title::of(&[last]).is_some_and(Title::is_republic))
}

/// No title is longer.
pub(super) const MOST_TITLE_WORDS: usize = 20;

/// Folded words as one key, equal for the spellings of one name: silent words left out,
/// abbreviations written out, spaces closed (*Hongkong*, *Viet Nam*, *U.S.A.*).
pub(super) fn key(words: &[&str]) -> String {
    let mut key = String::new();
    for (position, word) in words.iter().enumerate() {
        if SILENT.contains(word) {
            continue;
        }
        let before_a_word = words.get(position + 1).is_some_and(|next| next.chars().count() > 2);
        let table: &[_] = if position == 0 && before_a_word { &COMPASS } else { &[] };
        let meant = WRITTEN_AS
            .iter()
            .chain(table)
            .find(|(written, _)| written == word)
            .map_or(*word, |(_, meant)| meant);
        key.push_str(meant);
    }
    key
}

/// The words that tell a name from others: without titles and silent words, unless nothing is left.
pub(super) fn distinguishing(words: &[&str]) -> String {
    let is_shared =
        |word: &str| SILENT.contains(&word) || TITLES.iter().any(|idea| idea.contains(&word));
    let left: Vec<&str> = words.iter().copied().filter(|word| !is_shared(word)).collect();
    if left.is_empty() { words.join(" ") } else { left.join(" ") }
}

/// A folded text in which letters that people take for each other are one: *Lybian* and *Libyan*.
pub(super) fn skeleton(folded: &str) -> String {
    let mut letters = String::with_capacity(folded.len());
    for c in folded.replace("ph", "f").chars() {
        let c = match c {
            'y' => 'i',
            'c' | 'q' => 'k',
            'z' => 's',
            'w' => 'v',
            c => c,
        };
        if !letters.ends_with(c) {
            letters.push(c);
        }
    }
    letters
}

/// Whether a contested name is among the words, also where a blank or a sign breaks it: *Chi na*.
pub(super) fn is_contested(words: &[&str]) -> bool {
    let closed = closed(words);
    CONTESTED.iter().any(|name| closed.contains(name))
}

/// Words without the blanks between them.
pub(super) fn closed(words: &[&str]) -> String {
    words.concat()
}

/// Whether the words say which part of a country, and nothing else: *Vietnam (South)*.
pub(super) fn is_a_point(words: &[&str]) -> bool {
    let said = || words.iter().filter(|word| !SILENT.contains(word));
    said().count() > 0 && said().all(|word| POINTS.contains(word))
}

/// The words with the abbreviated ones of titles written out in one language each; none if there
/// are none.
pub(super) fn written_out<'a>(words: &'a [&'a str]) -> impl Iterator<Item = Vec<&'a str>> {
    let full = |word: &str| {
        TITLES_WRITTEN_AS.iter().find(|(short, _)| *short == word).map(|(_, full)| full)
    };
    let languages = if words.iter().any(|word| full(word).is_some()) { 4 } else { 0 };
    (0..languages)
        .map(move |n| words.iter().map(|word| full(word).map_or(*word, |full| full[n])).collect())
}

/// The words without those that only introduce them.
pub(super) fn introduced<'a, 'w>(words: &'a [&'w str]) -> &'a [&'w str] {
    let start = words.iter().take_while(|word| INTRODUCTIONS.contains(word)).count();
    &words[start..]
}
