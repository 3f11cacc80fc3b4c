/**
 * What a User-Agent says of its browser, system and kind of device. Names, signs and their order are those of bowser 2.15 (MIT, Dustin Diaz), of which this
 * is the part that reads names: the package reads versions, engines and vendors, too, and was a twentieth of the worker. The test holds both to the same answers.
 */
import type { FactsOf } from '../../decisioning/request-attributes.ts';

/** A name, and the sign by which it is known; the first that fits is it. */
type Signs = readonly (readonly [name: string, sign: Pick<RegExp, 'test'>])[];

const BOTS: Signs = [
  ['GPTBot', /gptbot/i],
  ['ChatGPT-User', /chatgpt-user/i],
  ['OAI-SearchBot', /oai-searchbot/i],
  ['ClaudeBot', /claudebot|claude-(web|user|searchbot)/i],
  ['Omgilibot', /omgilibot|webzio-extended/i],
  ['Diffbot', /diffbot/i],
  ['PerplexityBot', /perplexitybot/i],
  ['Perplexity-User', /perplexity-user/i],
  ['YouBot', /youbot/i],
  ['Meta-WebIndexer', /meta-webindexer/i],
  ['Meta-ExternalAds', /meta-externalads/i],
  ['Meta-ExternalAgent', /meta-externalagent/i],
  ['Meta-ExternalFetcher', /meta-externalfetcher/i],
  ['Googlebot', /googlebot/i],
  ['Linespider', /linespider/i],
  ['AmazonBot', /amazonbot/i],
  ['BingCrawler', /bingbot/i],
  ['BaiduSpider', /baiduspider/i],
  ['DuckDuckBot', /duckduckbot/i],
  ['InternetArchiveCrawler', /ia_archiver/i],
  ['FacebookExternalHit', /facebookexternalhit|facebookcatalog/i],
  ['SlackBot', /slackbot|slack-imgproxy/i],
  ['YahooSlurp', /yahoo!?[\s/]*slurp/i],
  ['YandexBot', /yandex(mobile)?bot/i],
  ['PingdomBot', /pingdom/i],
];

const BROWSERS: Signs = [
  ['Opera', /opera|opr\/|opios/i],
  ['Samsung Internet for Android', /samsungbrowser/i],
  ['NAVER Whale Browser', /whale/i],
  ['Pale Moon', /palemoon/i],
  ['HeyTap Browser', /heytapbrowser/i],
  ['Vivo Browser', /vivobrowser/i],
  ['MZ Browser', /mzbrowser/i],
  ['Focus', /focus/i],
  ['Swing', /swing/i],
  ['Opera Coast', /coast/i],
  ['Opera Touch', /opt\/\d+.?_?\d/i],
  ['Yandex Browser', /yabrowser/i],
  ['UC Browser', /ucbrowser/i],
  ['Maxthon', /maxthon|mxios/i],
  ['Epiphany', /epiphany/i],
  ['Puffin', /puffin/i],
  ['Sleipnir', /sleipnir/i],
  ['K-Meleon', /k-meleon/i],
  ['WeChat', /micromessenger/i],
  ['QQ Browser Lite', /qqbrowserlite/i],
  ['QQ Browser', /qqbrowser/i],
  ['Internet Explorer', /msie|trident/i],
  ['Microsoft Edge', /\sedg\/|edg([ea]|ios)\//i],
  ['Vivaldi', /vivaldi/i],
  ['SeaMonkey', /seamonkey/i],
  ['Sailfish', /sailfish/i],
  ['Amazon Silk', /silk/i],
  ['PhantomJS', /phantom/i],
  ['SlimerJS', /slimerjs/i],
  ['BlackBerry', /blackberry|\bbb\d+|rim\stablet/i],
  ['WebOS Browser', /(web|hpw)[o0]s/i],
  ['Bada', /bada/i],
  ['Tizen', /tizen/i],
  ['QupZilla', /qupzilla/i],
  ['LibreWolf', /librewolf/i],
  ['Firefox', /firefox|iceweasel|fxios/i],
  ['Electron', /electron/i],
  ['Sogou Browser', /sogoumobilebrowser|metasr|se 2\.x/i],
  ['Miui', /miuibrowser/i],
  ['DuckDuckGo', /\sddg\/[\d.]+$/i],
  ['Chromium', /chromium/i],
  ['Ladybird', /ladybird/i],
  ['Chrome', /chrome|crios|crmo/i],
  ['Google Search', /gsa/i],
  // What is merely like Android says so somewhere, before or after.
  ['Android Browser', /^(?!.*like android).*android/is],
  ['PlayStation 4', /playstation 4/i],
  ['Safari', /safari|applewebkit/i],
];

/** On an iPad it says that it is a Macintosh. */
const FIREFOX_ON_IPAD = {
  test(text: string): boolean {
    const mac = text.indexOf('Macintosh');
    const firefox = mac < 0 ? -1 : text.indexOf(' FxiOS', mac);
    return firefox >= 0 && text.includes('/', firefox);
  },
};

const SYSTEMS: Signs = [
  ['Roku', /Roku\/DVP/],
  ['Windows Phone', /windows phone/i],
  ['Windows', /windows /i],
  ['iOS', FIREFOX_ON_IPAD],
  ['macOS', /macintosh/i],
  ['iOS', /ipod|iphone|ipad/i],
  ['HarmonyOS', /openharmony/i],
  ['Android', /^(?!.*like android).*android/is],
  ['WebOS', /(web|hpw)[o0]s/i],
  ['BlackBerry', /blackberry|\bbb\d+|rim\stablet/i],
  ['Bada', /bada/i],
  ['Tizen', /tizen/i],
  ['Linux', /linux/i],
  ['Chrome OS', /CrOS/],
  ['PlayStation 4', /PlayStation 4/],
];

/** Kinds of devices that say so; tablets first, whose signs are narrower. */
const KINDS: Signs = [
  ['bot', /yahoo/i],
  ['mobile', /huawei/i],
  ['tablet', /nexus\s*(7|8|9|10)|ipad/i],
  ['tablet', FIREFOX_ON_IPAD],
  ['tablet', /kftt build|silk|tablet(?! pc)/i],
  ['mobile', /^(?!.*like (ipod|iphone)).*(ipod|iphone)/is],
  ['mobile', /nexus\s*[0-6]|galaxy nexus|nokia|[^-]mobi/i],
];

/** Of the systems that are on one kind of device alone, where nothing else was said. */
const KIND_OF_SYSTEM: Readonly<Record<string, string>> = {
  macOS: 'desktop',
  Windows: 'desktop',
  Linux: 'desktop',
  'PlayStation 4': 'tv',
  Roku: 'tv',
};

const firstOf = (signs: Signs, text: string): string | undefined => signs.find(([, sign]) => sign.test(text))?.[0];

/** What stands before the first version, where no sign fits: `curl/8.5` of `curl/8.5 (x86_64)`. */
function unknownName(text: string): string | undefined {
  const named = text.includes('(') ? /^(.*)\/[^/]*[ \t]\(/ : /^(.*)\/[^/]* /;
  return named.exec(text)?.[1] || undefined;
}

function kindOf(text: string, bot: string | undefined, browser: string | undefined, os: string | undefined): string {
  const said = bot === undefined ? firstOf(KINDS, text) : 'bot';
  if (said !== undefined) return said;
  if (browser === 'BlackBerry' || browser === 'Bada') return 'mobile';
  // Phones with Android 3 and later say that they are mobile.
  if (os === 'Android') return Number(/android[\s/-](\d+)/i.exec(text)?.[1] ?? 0) >= 3 ? 'tablet' : 'mobile';
  if (/smart-?tv|netcast/i.test(text)) return 'tv';
  return KIND_OF_SYSTEM[os ?? ''] ?? 'unknown';
}

/** @param text a User-Agent, of bounded length: signs are looked for in all of it */
export function agentFacts(text: string): FactsOf<'device', string> {
  const bot = firstOf(BOTS, text);
  const browser = bot ?? firstOf(BROWSERS, text) ?? unknownName(text);
  const os = firstOf(SYSTEMS, text);
  return { type: kindOf(text, bot, browser, os), ...(os && { os }), ...(browser && { browser }) };
}
