import Bowser from 'bowser';
import { describe, expect, test } from 'vitest';
import { agentFacts } from './user-agent.ts';

/** What bowser says, as conditions would read it. */
function bowserSays(text: string) {
  const { platform, os, browser } = Bowser.parse(text);
  return {
    type: platform.type ?? 'unknown',
    ...(os.name && { os: os.name }),
    ...(browser.name && { browser: browser.name }),
  };
}

const SYSTEMS = [
  'Windows NT 10.0; Win64; x64',
  'Windows NT 6.1; WOW64; Trident/7.0; rv:11.0',
  'Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950',
  'Macintosh; Intel Mac OS X 10_15_7',
  'iPhone; CPU iPhone OS 17_4 like Mac OS X',
  'iPad; CPU OS 17_4 like Mac OS X',
  'iPod touch; CPU iPhone OS 12_0 like Mac OS X',
  'X11; Linux x86_64',
  'X11; Ubuntu; Linux x86_64; rv:125.0',
  'X11; CrOS x86_64 14541.0.0',
  'Linux; Android 14; Pixel 8',
  'Linux; U; Android 2.3.5; en-us; Desire',
  'Linux; Android 13; SM-T870',
  'Linux; Android 9; HUAWEI MAR-LX1A',
  'Linux; Android 4.2.1; Nexus 7 Build/JOP40D',
  'Linux; Android 4.2.1; Galaxy Nexus Build/JOP40D',
  'Linux; Android 5.1.1; KFTT Build/LVY48F',
  'Phone; OpenHarmony 4.0',
  'Web0S; Linux/SmartTV',
  'SMART-TV; Linux; Tizen 6.0',
  'PlayStation 4 11.00',
  'BB10; Touch',
  'Mobile; rv:13.0',
  'Tablet; rv:26.0',
  'Windows NT 10.0; Tablet PC 2.0',
  'Linux; like Android 9; thing',
  'like iPhone; Nokia 3310',
  'compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp',
  'NetCast; U',
  'Bada/1.2',
  'something else',
];
const PRODUCTS = [
  'Chrome/125.0.0.0 Safari/537.36',
  'Chrome/125.0.0.0 Mobile Safari/537.36',
  'Chrome/125.0.0.0 Safari/537.36 Edg/125.0.0.0',
  'Chrome/125.0.0.0 Mobile Safari/537.36 EdgA/125.0',
  'Version/17.4 Mobile/15E148 Safari/604.1',
  'Version/17.4 Safari/605.1.15',
  'Version/17.4 Safari/605.1.15 Ddg/17.4',
  'Version/4.0 Chrome/125.0 Mobile Safari/537.36 GSA/15.1',
  'Gecko/20100101 Firefox/125.0',
  'FxiOS/125.0 Mobile/15E148 Safari/605.1.15',
  'CriOS/125.0 Mobile/15E148 Safari/604.1',
  'EdgiOS/125.0 Mobile/15E148 Safari/604.1',
  ...['OPR/110.0', 'Opera/9.80', 'OPiOS/16.0', 'OPT/4.5.1', 'OPT/4', 'Coast/5.04', 'SamsungBrowser/25.0', 'Whale/3.25'],
  ...['PaleMoon/33.1', 'HeyTapBrowser/45.10', 'VivoBrowser/12.4', 'MZBrowser/9.1', 'Focus/125.0', 'Swing/3.0'],
  ...['YaBrowser/24.4', 'UCBrowser/13.4', 'Maxthon/7.1', 'MXiOS/5.2', 'Epiphany/3.38', 'Puffin/9.7', 'Sleipnir/6.4'],
  ...['K-Meleon/76.4', 'MicroMessenger/8.0', 'QQBrowser/14.9', 'QQBrowserLite/1.2', 'Vivaldi/6.7', 'SeaMonkey/2.53'],
  ...['Sailfish/4.5', 'Silk/124.3', 'PhantomJS/2.1', 'SlimerJS/1.0', 'BlackBerry9700/5.0', 'RIM Tablet OS 2.1.0'],
  ...[
    'QupZilla/2.2',
    'LibreWolf/125.0',
    'Iceweasel/38.0',
    'Electron/30.0',
    'SogouMobileBrowser/6.0',
    'SE 2.X MetaSr 1.0',
  ],
  ...['MiuiBrowser/18.3', 'Chromium/125.0', 'Ladybird/1.0', 'Bada/2.0', 'hpwOS/3.0.5', 'MSIE 9.0', 'Kindle/3.0'],
  ...['GPTBot/1.2', 'ChatGPT-User/1.0', 'OAI-SearchBot/1.0', 'ClaudeBot/1.0', 'Claude-Web/1.0', 'Claude-User/1.0'],
  ...['Claude-SearchBot/1.0', 'omgilibot/1.0', 'Webzio-Extended/1.0', 'Diffbot/0.1', 'PerplexityBot/1.0', 'YouBot/1.0'],
  ...['Perplexity-User/1.0', 'meta-webindexer/1.1', 'meta-externalads/1.1', 'meta-externalagent/1.1', 'Googlebot/2.1'],
  ...[
    'meta-externalfetcher/1.1',
    'Linespider/1.1',
    'Amazonbot/0.1',
    'bingbot/2.0',
    'Baiduspider/2.0',
    'DuckDuckBot/1.1',
  ],
  ...[
    'ia_archiver',
    'facebookexternalhit/1.1',
    'facebookcatalog/1.0',
    'Slackbot 1.0',
    'Slack-ImgProxy 1.1',
    'Yahoo Slurp',
  ],
  ...['YandexBot/3.0', 'YandexMobileBot/3.0', 'Pingdom.com_bot_version_1.4', 'Roku/DVP-9.10'],
];
const BARE = [
  'curl/8.5.0',
  'okhttp/4.12.0',
  'Roku/DVP-9.10 (519.10E04111A)',
  'Shop/3.2 (build 7)',
  'Shop 1.0',
  '(((((',
  ' ',
];

describe('what a User-Agent says', () => {
  test.each(SYSTEMS)('with every browser on "%s" the same as bowser says', (system) => {
    for (const product of PRODUCTS)
      for (const text of [
        `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) ${product}`,
        `Mozilla/5.0 (${system}) ${product}`,
        `${product} (${system})`,
      ])
        expect([text, agentFacts(text)]).toEqual([text, bowserSays(text)]);
  });

  test('programs that are no browsers, too', () => {
    for (const text of [...BARE, ...PRODUCTS, ...SYSTEMS])
      expect([text, agentFacts(text)]).toEqual([text, bowserSays(text)]);
  });
});
