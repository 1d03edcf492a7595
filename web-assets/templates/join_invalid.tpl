{{%AUTOESCAPE context="HTML"}}
<main id="main" class="narrow" tabindex="-1">
<h1>{{t_join_invalid_title}}</h1>
<p>{{t_join_invalid_text}}</p>
<p>{{t_join_invalid_how}}</p>
{{#HAS_PHONE}}<p><strong><a href="tel:{{#PHONE_ABROAD}}+{{/PHONE_ABROAD}}{{PHONE_DIGITS}}">{{PHONE}}</a></strong></p>{{/HAS_PHONE}}
{{#HAS_EMAIL}}<p><a href="{{EMAIL_URL}}">{{EMAIL}}</a></p>{{/HAS_EMAIL}}
<p><a class="button" href="{{HOME}}">{{t_join_invalid_watch}}</a></p>
</main>
