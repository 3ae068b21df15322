// Random texts with a fixed seed: letters, CJK, emoji, links, bare domains, mentions, hashtags, marks, right-to-left.
// Run by itself (`node texts.mjs`) it prints them as JSON lines, for `count --jsonl` and the facets test.

const COUNT = 10_000;
const SEED = 20261122;

/** mulberry32: small, and the same on every machine. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const next = random(SEED);
const below = (n) => Math.floor(next() * n);
const pick = (list) => list[below(list.length)];
const repeat = (least, most, make) => Array.from({ length: least + below(most - least + 1) }, make).join('');
const between = (first, last) => String.fromCodePoint(first + below(last - first + 1));

const TLDS = ['com', 'org', 'net', 'co.uk', 'jp', 'io', 'dev', 'museum', 'みんな', 'рф', 'xyz', 'notatld', 'c', 'COM', 'amazon', 'xn--p1ai'];
const EMOJI = [
  '😀', '👍', '👍🏽', '👩‍💻', '👨🏿‍🚀', '👨‍👩‍👧‍👦', '👩‍❤️‍💋‍👨', '🏳️‍🌈', '🏴‍☠️', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🇳🇴', '🇦🇦', '🇩🇪🇫🇷', '🇺', '1️⃣', '#⃣', '☺', '☺️', '☺︎', '❤️', '❤',
  '©', '©️', '™', '™️', '‼️', '🤷‍♀️', '🤷🏻‍♂️', '🕵️‍♀️', '👁‍🗨', '🧑‍💻', '🧑🏽‍🤝‍🧑🏿', '❤️‍🔥', '🐻‍❄️', '😮‍💨', '🫠', '🫱🏽', '🪿', '🏽', '\u200d', '\ufe0f', '♀️', '⌚', '⌚️', '🤝🏽',
  '👩‍👩‍👧🏽', '🧔‍♂️', '🏋🏼‍♀️', '⛹️‍♂️', '🚴‍♀️', '👯‍♂️', '🧞‍♀️', '🦸🏾‍♀️', '☝🏿', '☝️', '✌︎', '👨‍🦰', '🏴',
];
const WORDS = ['hello', 'Friday', 'rOpenSci', 'naïve', 'Straße', 'e.g.', 'file.tar.gz', 'v1.2.3', 'a_b', 'x', "don't", 'C++', '100%', 'ELPAÍS.com', 'привет', 'мир.рф', 'γειά'];

const label = () => pick([() => repeat(1, 10, () => between(0x61, 0x7a)), () => repeat(1, 4, () => between(0x61, 0x7a)) + pick(['-', '_', '']) + repeat(0, 4, () => between(0x30, 0x39)), () => repeat(1, 4, () => between(0x4e00, 0x9fa0)), () => 'é' + repeat(0, 3, () => between(0x61, 0x7a))])();
const domain = () => repeat(1, 3, () => label() + '.') + pick(TLDS);
const path = () => pick(['', '', '/', '/path/to(x)', '/a_(b)', '/wiki/Été', '/@user/1', '/x.', '/?q=1&b=2', '?q=a.b#c', '/#frag', '/日本', '/a,b;c', '/(a(b)c)', '/–x', ':8080/y', '/ok!', "/it's"]);
const url = () => pick(['http://', 'https://', 'HTTPS://', 'https://', 'ftp://']) + domain() + path();

const PIECES = [
  [14, () => repeat(1, 9, () => between(0x61, 0x7a))],
  [6, () => pick(WORDS)],
  [3, () => repeat(1, 6, () => between(0x4e00, 0x9fa5))],
  [2, () => repeat(1, 6, () => between(0x3041, 0x3096))],
  [1, () => repeat(1, 4, () => between(0xac00, 0xd7a3))],
  [1, () => repeat(1, 3, () => between(0x1100, 0x1112) + between(0x1161, 0x1175) + pick(['', between(0x11a8, 0x11c2)]))],
  [6, () => pick(EMOJI)],
  [2, () => repeat(2, 4, () => pick(EMOJI))],
  [5, url],
  [3, () => domain() + path()],
  [1, () => 't.co/' + repeat(1, 12, () => between(0x61, 0x7a))],
  [1, () => pick(['http', 'https']) + '://t.co/' + repeat(1, 50, () => between(0x61, 0x7a)) + pick(['', "'s", '?x=1', '/y', '-'])],
  [3, () => '@' + repeat(1, 8, () => between(0x61, 0x7a)) + pick(['', '.com', '.bsky.social', '@example.org', '.test', '_', '.', '-'])],
  [3, () => pick(['#', '＃', '##']) + pick(['tag', '1', '1a', 'täg', '日本', 'a,b', 'x...', 'a\u200bb', '\ufe0fx', '_', 'a#b', 'double!?'])],
  [1, () => '$' + pick(['AAPL', 'a', 'TOOLONG', '100', 'ABC12', 'A.B'])],
  [3, () => between(0x61, 0x7a) + repeat(1, 4, () => between(0x300, 0x36f))],
  [1, () => pick(['\u0958', '\ufb2c', '\u212b', '\u1e9b\u0323', '\u0344', '\u2adc', '\u0915\u094d\u0937', '\u0e33', '\u1100\u1161\u11a8', '\u09c7\u09be'])],
  [2, () => repeat(1, 6, () => between(0x627, 0x64a))],
  [2, () => repeat(1, 6, () => between(0x5d0, 0x5ea))],
  [1, () => pick(['\u202a', '\u202c', '\u2066', '\u2069', '\u200e', '\u200f', '\u061c', '\ufeff', '\u00ad', '\u200b', '\u0000', '\ufffd', '\uffff'])],
  [2, () => pick(['…', '“q”', '–', '—', '‘', '’', '。', '、', '「x」', '！', '·', '€', '½', '→', '½', '\u2028', '\u3000', '\u00a0', '\u0085'])],
  [3, () => pick(['.', ',', '!', '?', ':', ';', '(', ')', '"', "'", '/', '-', '_', '&', '=', '@', '#', '$', '%', '~', '|', '\\', '<', '>', '`', '*', '+', '[', ']', '{', '}', '^'])],
];
const SPACES = [' ', ' ', ' ', ' ', ' ', ' ', '', '', '', '\n', '\n\n', '\r\n', '\t', ' ('];
const bag = PIECES.flatMap(([weight, make]) => Array(weight).fill(make));

export const texts = Array.from({ length: COUNT }, () => repeat(0, 30, () => pick(bag)() + pick(SPACES)));

if (process.argv[1]?.endsWith('texts.mjs')) {
  process.stdout.write(texts.map((text) => JSON.stringify(text) + '\n').join(''));
}
