/** Words that measures of texts count, in groups: few and common ones, since every page that scores a text carries them. */

const group = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Lower case, with straight apostrophes. */
export const WORD_GROUPS = {
  /** The reader is spoken to. */
  second_person: group("you your yours yourself you're you'll you've you'd"),
  /** Whoever speaks. */
  first_person: group("i me my mine i'm i've i'd i'll we us our ours we're we've we'll"),
  /** Somebody whom the text tells of. */
  third_person: group("he him his she her hers they them their he's she's they're he'd she'd himself herself"),
  people: group(
    'man men woman women guy guys girl girls boy boys kid kids child children mom mother dad father parents family daughter son brother sister wife husband friend friends baby teen teens lady couple people person',
  ),
  /** Points at something that the reader has not seen yet. */
  pointing: group("this these that that's those here here's it's there's"),
  /** Promises an answer. */
  question_words: group("why how what what's who who's when where which"),
  extremes: group(
    'most best worst greatest only ever never always every everyone everything all nothing nobody no entire totally absolutely exactly completely',
  ),
  negations: group(
    "not don't doesn't didn't isn't aren't wasn't can't couldn't won't wouldn't shouldn't never no nothing nobody without ain't haven't hasn't",
  ),
  /** A turn in the story. */
  turns: group('but until till then before after instead except actually turns suddenly finally'),
  seeing: group(
    'watch see look looks video photo photos picture pictures image images film clip show shows listen hear',
  ),
  telling: group('says said say tells told explains explain talks asks asked speech story speak reveals shares'),
  /** Guesses and possibilities. */
  hedges: group('may might maybe could probably think guess wonder seems almost kind sort pretty bit perhaps'),
  positive: group(
    'good great love loves loved amazing beautiful beautifully awesome best happy funny hilarious brilliant perfect powerful incredible wonderful inspiring brave smart cool hope fun win wins sweet adorable better nice proud joy smile laugh laughing genius gorgeous gift stunning fantastic hero heroes kindness heart save saves saved help helps',
  ),
  negative: group(
    'bad worst terrible horrible awful hate hates hated sad angry scary scared fear wrong dead death die dies died kill killed killing war rape abuse abused racist racism sexist violence violent sick pain hurt hurts shocking disturbing disgusting cruel lie lies problem crisis disaster murder hell evil ugly stupid crazy insane jerk crime prison poor cry crying lost broken fail failed attack bully bullied bullying suffer cancer disease',
  ),
  money: group(
    'money pay paid cost costs dollars dollar million billion rich price buy bought company companies economy tax',
  ),
} as const satisfies Readonly<Record<string, ReadonlySet<string>>>;

export type WordGroup = keyof typeof WORD_GROUPS;
