{{%AUTOESCAPE context="HTML"}}
<!doctype html>
<html lang="{{LANG}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{TITLE}}</title>
<meta name="color-scheme" content="light dark">
<meta property="og:title" content="{{TITLE}}">
<meta property="og:type" content="website">
<meta property="og:locale" content="{{LANG}}">
<meta property="og:site_name" content="{{HOUSE}}">
{{#HAS_DESCRIPTION}}
<meta name="description" content="{{DESCRIPTION}}">
<meta property="og:description" content="{{DESCRIPTION}}">
{{/HAS_DESCRIPTION}}
{{#ALTERNATE}}<link rel="alternate" hreflang="{{HREFLANG}}" href="{{ALTERNATE_URL}}">{{/ALTERNATE}}
<link rel="icon" type="image/svg+xml" href="{{ICON}}">
<link rel="preload" as="font" type="font/woff2" crossorigin="anonymous" href="{{FONT_1}}">
<link rel="preload" as="font" type="font/woff2" crossorigin="anonymous" href="{{FONT_2}}">
<link rel="stylesheet" href="{{BASE_CSS}}">
{{#STYLE}}<link rel="stylesheet" href="{{STYLE_URL}}">{{/STYLE}}
<noscript><link rel="stylesheet" href="{{NO_SCRIPT_CSS}}">{{#REFRESH}}<meta http-equiv="refresh" content="20">{{/REFRESH}}</noscript>
{{#SCRIPT}}<script defer src="{{SCRIPT_URL}}"></script>{{/SCRIPT}}
{{#MODULE}}<script type="module" src="{{MODULE_URL}}"></script>{{/MODULE}}
</head>
<body>
<a class="skip" href="#main">{{t_skip_to_content}}</a>
{{#FRAME}}
<header class="house">
<a class="house-name" href="{{HOME}}">{{HOUSE}}</a>
<nav class="languages" aria-label="{{t_language}}">
{{#LANGUAGE}}<a href="{{CHOICE_URL}}" lang="{{CODE}}" hreflang="{{CODE}}" data-language="{{CODE}}" {{#CURRENT}}aria-current="true"{{/CURRENT}}>{{AUTONYM}}</a>{{/LANGUAGE}}
</nav>
</header>
{{/FRAME}}
{{>BODY}}
{{#FRAME}}
<footer class="house-foot">
<p>{{t_footer_note}}</p>
<p><a href="/desk?lang={{LANG}}">{{t_footer_desk}}</a></p>
</footer>
{{/FRAME}}
</body>
</html>
