{{%AUTOESCAPE context="HTML"}}
<main id="main" class="narrow" tabindex="-1" data-page="{{PAGE}}">
<h1>{{WAITING_TITLE}}</h1>
{{#PENDING}}<p class="lead">{{t_signup_waiting_text}}</p>{{/PENDING}}
{{#DECLINED}}<p class="lead">{{t_signup_declined_text}}</p>{{/DECLINED}}
<p class="said" role="status" data-said></p>
<div class="standing" data-standing>
<section class="ticket" aria-label="{{t_signup_ticket}}">
<p><strong>{{NAME}}</strong>{{#HAS_POSITION}}<br>{{POSITION}}{{/HAS_POSITION}}</p>
{{#HAS_ITEM}}<p class="quiet">{{ITEM_WORDS}}</p>{{/HAS_ITEM}}
<p>{{MEETING_TITLE}}</p>
<p class="quiet"><time datetime="{{WHEN_ISO}}">{{WHEN}}</time></p>
</section>
{{#PENDING}}
<h2>{{t_signup_keep_title}}</h2>
<p>{{t_signup_keep_text}}</p>
<p class="copying" data-copying hidden>
<label for="link">{{t_signup_keep_label}}</label>
<input id="link" readonly data-link>
<button class="button" type="button" data-copy>{{t_signup_keep_copy}}</button>
</p>
{{/PENDING}}
<details class="withdrawal" data-withdrawal hidden>
<summary>{{t_signup_withdraw}}</summary>
<p>{{t_signup_withdraw_text}}</p>
<button class="button" type="button" data-withdraw>{{t_signup_withdraw_yes}}</button>
</details>
<noscript><p><a class="button" href="?lang={{LANG}}">{{t_signup_look}}</a></p></noscript>
</div>
{{#HAS_PHONE}}<p class="quiet">{{t_meeting_contact}}: <a href="tel:{{#PHONE_ABROAD}}+{{/PHONE_ABROAD}}{{PHONE_DIGITS}}">{{PHONE}}</a></p>{{/HAS_PHONE}}
<p><a href="{{WATCH_URL}}">{{t_signup_watch}}</a></p>
</main>
