{{%AUTOESCAPE context="HTML"}}
<main id="main" class="narrow" tabindex="-1">
<h1>{{t_desk_title}}</h1>
<p>{{t_desk_no_meetings}}</p>
<p class="quiet">{{t_desk_no_meetings_how}}</p>
</main>
