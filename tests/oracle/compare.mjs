// Compares our counts with twitter-text's and ours and our facets with Bluesky's client library.
// Usage: node compare.mjs <masthead binary> [<facets file>]. Exits 1 when a difference has no named reason.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import twitter from 'twitter-text';
import atproto from '@atproto/api';
import { texts } from './texts.mjs';

const [binary, facetsFile] = process.argv.slice(2);

// One element of a joined emoji: what takes a selector, a skin tone or tags takes it along.
const SINGLE = '(?![©®™\\u{1f3fb}-\\u{1f3ff}\\u{1f1e6}-\\u{1f1ff}])(?:\\p{Extended_Pictographic}|[\\u{1f000}-\\u{1faff}])';
const SELECTED = '(?:(?!\\p{Emoji_Presentation})\\p{Extended_Pictographic}|[\\u203c-\\u3299])\\ufe0f';
const TAGGED = '\\u{1f3f4}[\\u{e0030}-\\u{e007a}]{4,6}\\u{e007f}';
const ELEMENT = `(?:${TAGGED}|(?=\\p{Emoji_Modifier_Base}\\ufe0f?[\\u{1f3fb}-\\u{1f3ff}])(?:${SELECTED}|${SINGLE})[\\u{1f3fb}-\\u{1f3ff}]|${SELECTED}|${SINGLE})`;
const JOINED = new RegExp(`${ELEMENT}(?:\\u200d(?![©®™])${ELEMENT})+`, 'gu');
const TONED = /[\u{1f46b}-\u{1f46d}\u{1f48f}\u{1f491}\u{1f90c}\u{1f90f}\u{1f91d}\u{1f977}\u{1f9bb}\u{1f9cd}-\u{1f9cf}\u{1fac3}-\u{1fac5}\u{1faf0}-\u{1faf8}][\u{1f3fb}-\u{1f3ff}]/gu;
const weigh = (text) => twitter.parseTweet(text).weightedLength;

/** Why a count for X may differ: each rewrites a text so that the library counts what we count. */
const X_REASONS = [
  {
    name: 'emoji newer than the library',
    why: 'it knows the joined sequences and skin tones of Emoji 11 (2018); X shows later and unqualified ones as one',
    rewrite: (text) => text.replace(JOINED, '😀').replace(TONED, '😀'),
  },
  {
    name: 'path after a bare domain inside other letters',
    why: 'the library skips as many characters as the shortened link has, from its start, and so ends short of the path',
    rewrite: (text) => {
      const short = twitter.extractUrlsWithIndices(text).filter(({ url, indices }) => url.length !== indices[1] - indices[0]);
      return short.reduceRight((rest, { indices: [start, end] }) => `${rest.slice(0, start)}a.co${rest.slice(end)}`, text);
    },
  },
];

/** Returns the reasons that together make the library count what we count; none when they do not. */
function reasonsFor(text, used) {
  let rewritten = text.normalize();
  const reasons = X_REASONS.filter(({ rewrite }) => {
    const before = rewritten;
    rewritten = rewrite(before);
    return rewritten !== before;
  });
  return weigh(rewritten) === used ? reasons : [];
}

/** Why facets may differ. */
const FACET_REASONS = [
  {
    name: 'address without a host',
    why: 'the library makes a link of it that the schema of a post refuses',
    holds: (facet) => facet.uri !== undefined && /^https?:\/\/(\/.*)?$/.test(facet.uri),
    ours: false,
  },
  {
    name: 'bare domain that begins with http',
    why: 'the library takes `httpbin.org` for a complete address and sends one without a scheme',
    holds: (facet) => facet.uri !== undefined && /^(https:\/\/)?http[a-z0-9]*\./.test(facet.uri),
  },
];

function counted() {
  const input = texts.map((text) => JSON.stringify(text) + '\n').join('');
  const run = spawnSync(binary, ['count', '--jsonl'], { input, maxBuffer: 1 << 30 });
  if (run.status !== 0) {
    console.error(`${binary} count --jsonl: status ${run.status}\n${run.stderr}${run.error ?? ''}`);
    process.exit(1);
  }
  return run.stdout.toString().trimEnd().split('\n').map((line) => JSON.parse(line));
}

/** Bluesky's facets, flat. */
function theirFacets(text) {
  const rich = new atproto.RichText({ text });
  rich.detectFacetsWithoutResolution();
  return (rich.facets ?? []).map(({ index, features: [feature] }) => ({
    start: index.byteStart,
    end: index.byteEnd,
    ...(feature.uri !== undefined && { uri: feature.uri }),
    ...(feature.did !== undefined && { handle: feature.did }),
    ...(feature.tag !== undefined && { tag: feature.tag }),
  }));
}

function withoutOverlaps(facets) {
  let end = 0;
  return [...facets]
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter((facet) => facet.start >= end && ((end = facet.end), true));
}

const explained = new Map();
const unexplained = [];
const explain = (reason) => explained.set(reason.name, { ...reason, count: (explained.get(reason.name)?.count ?? 0) + 1 });
const flat = (facets) => facets.map(({ start, end, uri, handle, tag }) => ({ start, end, uri, handle, tag }));
const same = (a, b) => JSON.stringify(flat(a)) === JSON.stringify(flat(b));

const ours = counted();
if (ours.length !== texts.length) {
  console.error(`${texts.length} texts, ${ours.length} answers`);
  process.exit(1);
}
texts.forEach((text, at) => {
  const x = ours[at].x;
  const theirs = twitter.parseTweet(text);
  if (x.used !== theirs.weightedLength || x.fits !== theirs.valid) {
    const reasons = reasonsFor(text, x.used);
    if (reasons.length > 0) reasons.forEach(explain);
    else unexplained.push(['x', text, [x.used, x.fits], [theirs.weightedLength, theirs.valid]]);
  }
  const bluesky = ours[at].bluesky;
  const measured = new atproto.RichText({ text });
  if (bluesky.used !== measured.graphemeLength || bluesky.bytes !== measured.length) {
    unexplained.push(['bluesky', text, [bluesky.used, bluesky.bytes], [measured.graphemeLength, measured.length]]);
  }
});

if (facetsFile) {
  const lines = readFileSync(facetsFile, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  if (lines.length !== texts.length) {
    console.error(`${texts.length} texts, facets for ${lines.length}`);
    process.exit(1);
  }
  texts.forEach((text, at) => {
    const theirs = theirFacets(text);
    if (same(lines[at], withoutOverlaps(theirs))) return;
    const kept = theirs.filter((facet) => !FACET_REASONS.some(({ holds }) => holds(facet)));
    const mine = lines[at].filter((facet) => !FACET_REASONS.some(({ holds }) => holds(facet)));
    const reason = FACET_REASONS.find(({ holds }) => [...theirs, ...lines[at]].some(holds));
    if (reason && same(mine, withoutOverlaps(kept))) explain(reason);
    else unexplained.push(['facets', text, lines[at], withoutOverlaps(theirs)]);
  });
}

const checks = facetsFile ? 'X and Bluesky lengths and Bluesky facets' : 'X and Bluesky lengths';
console.log(`${texts.length} texts, ${checks} compared`);
for (const { name, why, count } of explained.values()) console.log(`  ${count} differ: ${name} (${why})`);
console.log(`  ${unexplained.length} differ without a reason`);
for (const [what, text, mine, theirs] of unexplained.slice(0, 20)) {
  console.log(`${what}: ${JSON.stringify(text)}\n    ours ${JSON.stringify(mine)}\n    theirs ${JSON.stringify(theirs)}`);
}
process.exit(unexplained.length === 0 ? 0 : 1);
