{{%AUTOESCAPE context="HTML"}}
<div id="guest" data-page="{{PAGE}}">
<noscript><main id="main" class="narrow"><p class="notice">{{t_join_no_script}}</p></main></noscript>
</div>
