{{%AUTOESCAPE context="HTML"}}
<main id="main" class="narrow" tabindex="-1">
<h1>{{t_login_title}}</h1>
<noscript><p class="notice">{{t_login_no_script}}</p></noscript>
<form class="login" data-login data-page="{{PAGE}}" novalidate>
<label for="name">{{t_login_name}}</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required>
<label for="password">{{t_login_password}}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<p class="login-problem" role="alert" data-problem></p>
<button class="button button-main" type="submit">{{t_login_submit}}</button>
</form>
<p class="quiet">{{t_login_public}}</p>
</main>
