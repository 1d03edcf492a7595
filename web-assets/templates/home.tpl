{{%AUTOESCAPE context="HTML"}}
<main id="main" class="home" tabindex="-1">
<h1>{{t_home_title}}</h1>
<section aria-labelledby="live">
<h2 id="live">{{t_home_live}}</h2>
{{#LIVE}}
<article class="card card-live">
<p class="card-kind">{{#ON_AIR}}<span class="tag tag-live">{{t_viewer_live}}</span>{{/ON_AIR}}{{#RESTS}}<span class="tag tag-soon">{{STAGE_WORDS}}</span>{{/RESTS}} {{KIND}}</p>
<h3><a href="{{URL}}">{{MEETING_TITLE}}</a></h3>
{{#HAS_BODY_NAME}}<p class="quiet">{{BODY_NAME}}</p>{{/HAS_BODY_NAME}}
<p class="card-go" aria-hidden="true">{{t_home_watch_live}}</p>
</article>
{{/LIVE}}
{{#NO_LIVE}}<p class="nothing">{{t_home_none_live}}</p>{{/NO_LIVE}}
</section>
<section aria-labelledby="upcoming">
<h2 id="upcoming">{{t_home_upcoming}}</h2>
{{#UPCOMING}}
<article class="card">
<p class="card-kind">{{KIND}}</p>
<h3><a href="{{URL}}">{{MEETING_TITLE}}</a></h3>
<p><time datetime="{{WHEN_ISO}}">{{WHEN}}</time></p>
{{#HAS_PLACE}}<p class="quiet">{{PLACE}}</p>{{/HAS_PLACE}}
</article>
{{/UPCOMING}}
{{#NO_UPCOMING}}<p class="nothing">{{t_home_none_upcoming}}</p>{{/NO_UPCOMING}}
</section>
{{#HAS_PAST}}
<section aria-labelledby="past">
<h2 id="past">{{t_home_past}}</h2>
{{#PAST}}
<article class="card">
<p class="card-kind">{{KIND}}</p>
<h3><a href="{{URL}}">{{MEETING_TITLE}}</a></h3>
<p><time datetime="{{WHEN_ISO}}">{{WHEN}}</time></p>
{{#NOT_HELD}}<p class="quiet">{{t_viewer_not_held}}</p>{{/NOT_HELD}}
{{#HAS_RECORDING}}<p class="card-go" aria-hidden="true">{{t_home_watch_recording}}</p>{{/HAS_RECORDING}}
</article>
{{/PAST}}
</section>
{{/HAS_PAST}}
</main>
