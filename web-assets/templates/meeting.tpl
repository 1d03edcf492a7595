{{%AUTOESCAPE context="HTML"}}
<main id="main" class="meeting" tabindex="-1" data-stage="{{STAGE}}" data-page="{{PAGE}}">
<div class="watch">
<p class="stage" data-stage-line><span class="tag" data-stage-tag>{{STAGE_TAG}}</span> <span data-stage-words role="status">{{STAGE_WORDS}}</span>
<button class="button" type="button" data-offer-sound hidden>{{t_viewer_sound_only}}</button></p>
<section class="picture" aria-label="{{t_meeting_picture_section}}" data-picture {{#PICTURE_HIDDEN}}hidden{{/PICTURE_HIDDEN}}>
<div class="screen" data-screen>
<video controls playsinline preload="none" aria-keyshortcuts="ArrowLeft ArrowRight" aria-label="{{t_meeting_video_label}}" data-video></video>
<p class="screen-words" data-screen-words aria-hidden="true"></p>
<button class="screen-button" type="button" data-unmute hidden>{{t_viewer_unmute}}</button>
</div>
<div class="now" data-now><div>{{#NOW_ITEM}}<p class="now-item">{{NOW_NO}}. {{NOW_TITLE}}</p>{{/NOW_ITEM}}{{#NOW_PERSON}}<p class="now-person">{{NOW_NAME}} <span class="now-position">{{NOW_POSITION}}</span></p>{{/NOW_PERSON}}</div></div>
<div class="controls" data-controls></div>
</section>
<noscript>
{{#NO_SCRIPT_RECORDING}}<video class="no-script-film" controls preload="metadata" src="{{NO_SCRIPT_FILM}}"></video>{{/NO_SCRIPT_RECORDING}}
{{#NO_SCRIPT_LIVE}}<p class="notice">{{t_meeting_no_script}}</p>{{/NO_SCRIPT_LIVE}}
</noscript>
</div>
<section class="agenda" aria-labelledby="agenda">
<h2 id="agenda">{{t_meeting_agenda}}</h2>
<p class="copied" role="status" data-copied></p>
<ol class="items" data-items>
{{#ITEM}}
<li class="item" data-item="{{ID}}" data-state="{{STATE}}">
<div class="item-head">
<span class="item-no">{{NO}}</span>
<div class="item-words">
<h3 class="item-title">{{#MOMENT}}<a class="moment" href="?t={{MOMENT_S}}">{{/MOMENT}}{{#NO_MOMENT}}<span class="moment">{{/NO_MOMENT}}<span class="moment-title">{{ITEM_TITLE}}</span>{{#NO_MOMENT}}</span>{{/NO_MOMENT}}{{#MOMENT_END}}</a>{{/MOMENT_END}}</h3>
{{#OPEN}}<p class="item-state">{{t_viewer_item_open}}</p>{{/OPEN}}
{{#HAS_SPEAKERS}}<p class="item-speakers">{{SPEAKERS}}</p>{{/HAS_SPEAKERS}}
</div>
</div>
{{#HAS_TURNS}}<ul class="turns">{{/HAS_TURNS}}
{{#TURN}}<li class="turn">{{#MOMENT}}<a class="moment" href="?t={{MOMENT_S}}">{{/MOMENT}}{{#NO_MOMENT}}<span class="moment">{{/NO_MOMENT}}<span class="turn-who">{{WHO}}</span> <span class="turn-as">{{AS}}</span> <span class="turn-span">{{SPAN}}</span>{{#NO_MOMENT}}</span>{{/NO_MOMENT}}{{#MOMENT_END}}</a>{{/MOMENT_END}}</li>{{/TURN}}
{{#HAS_TURNS}}</ul>{{/HAS_TURNS}}
</li>
{{/ITEM}}
</ol>
</section>
<div class="about">
<p class="number">{{NUMBER}}</p>
<h1>{{MEETING_TITLE}}</h1>
<dl class="facts">
<div><dt>{{t_meeting_when}}</dt><dd><time datetime="{{WHEN_ISO}}">{{WHEN}}</time></dd></div>
{{#HAS_PLACE}}<div><dt>{{t_meeting_where}}</dt><dd>{{PLACE}}</dd></div>{{/HAS_PLACE}}
{{#HAS_COMMISSION}}<div><dt>{{t_meeting_commission}}</dt><dd>{{COMMISSION}}</dd></div>{{/HAS_COMMISSION}}
{{#HAS_PHONE}}<div><dt>{{t_meeting_contact}}</dt><dd><a href="tel:{{#PHONE_ABROAD}}+{{/PHONE_ABROAD}}{{PHONE_DIGITS}}">{{PHONE}}</a>{{#HAS_EMAIL}}, <a href="{{EMAIL_URL}}">{{EMAIL}}</a>{{/HAS_EMAIL}}</dd></div>{{/HAS_PHONE}}
</dl>
<p class="links">
<a class="button button-main" href="#sign-up" data-to-sign-up {{#SIGN_UP_CLOSED}}hidden{{/SIGN_UP_CLOSED}}>{{t_signup_title}}</a>
<a class="button" href="{{DOWNLOAD_URL}}" data-download {{#DOWNLOAD_HIDDEN}}hidden{{/DOWNLOAD_HIDDEN}}>{{t_meeting_download}}</a>
<a class="quiet-link" href="{{HLS_URL}}" data-hls {{#PICTURE_HIDDEN}}hidden{{/PICTURE_HIDDEN}}>{{t_meeting_hls_link}}</a>
</p>
<p class="quiet">{{t_meeting_notice}}</p>
</div>
<section class="sign-up" aria-labelledby="sign-up" data-sign-up {{#SIGN_UP_WRONG}}data-stays{{/SIGN_UP_WRONG}} {{#SIGN_UP_HIDDEN}}hidden{{/SIGN_UP_HIDDEN}}>
<h2 id="sign-up">{{t_signup_title}}</h2>
<p>{{t_signup_text}}</p>
<form class="fields" method="post" action="{{SIGN_UP_URL}}" accept-charset="utf-8" target="_top" novalidate>
{{#SIGN_UP_WRONG}}<p class="wrong" id="sign-up-wrong" role="alert" {{#NO_FIELD_WRONG}}tabindex="-1" autofocus{{/NO_FIELD_WRONG}}>{{WRONG}}</p>{{/SIGN_UP_WRONG}}
<label for="sign-up-name">{{t_signup_name}}</label>
<input id="sign-up-name" name="name" value="{{SIGN_UP_NAME}}" maxlength="{{MOST_NAME}}" autocomplete="name" required {{#NAME_WRONG}}aria-invalid="true" aria-describedby="sign-up-wrong" autofocus{{/NAME_WRONG}}>
<label for="sign-up-position">{{t_signup_position}} <span class="quiet">({{t_signup_optional}})</span></label>
<input id="sign-up-position" name="position" value="{{SIGN_UP_POSITION}}" maxlength="{{MOST_POSITION}}" {{#POSITION_WRONG}}aria-invalid="true" aria-describedby="sign-up-wrong" autofocus{{/POSITION_WRONG}}>
<label for="sign-up-item">{{t_signup_item}} <span class="quiet">({{t_signup_optional}})</span></label>
<select id="sign-up-item" name="item" {{#ITEM_WRONG}}aria-invalid="true" aria-describedby="sign-up-wrong" autofocus{{/ITEM_WRONG}}>
<option value="">{{t_signup_any_item}}</option>
{{#SIGN_UP_ITEM}}<option value="{{ITEM_ID}}" {{#CHOSEN}}selected{{/CHOSEN}}>{{ITEM_WORDS}}</option>{{/SIGN_UP_ITEM}}
</select>
<p class="notice">{{t_meeting_notice}} {{t_signup_notice}}</p>
<button class="button button-main" type="submit">{{t_signup_submit}}</button>
</form>
</section>
{{#HAS_ANNOUNCEMENT}}
<section class="announcement" aria-labelledby="announcement">
<h2 id="announcement">{{t_meeting_announcement}}</h2>
{{#PARAGRAPH}}<p>{{TEXT}}</p>{{/PARAGRAPH}}
</section>
{{/HAS_ANNOUNCEMENT}}
</main>
