{{%AUTOESCAPE context="HTML"}}
<div id="desk" data-page="{{PAGE}}">
<noscript><main id="main" class="narrow"><p class="notice">{{t_login_no_script}}</p></main></noscript>
</div>
