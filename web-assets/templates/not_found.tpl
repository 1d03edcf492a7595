{{%AUTOESCAPE context="HTML"}}
<main id="main" class="narrow" tabindex="-1">
<h1>{{t_not_found_title}}</h1>
<p>{{t_not_found_text}}</p>
<p><a class="button" href="{{HOME}}">{{t_not_found_home}}</a></p>
</main>
