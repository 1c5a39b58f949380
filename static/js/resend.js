// form[data-resend] is sent again after its reader signed in in another tab, which changed the token: the newest is in its cookie.
document.addEventListener("submit", ({ target }) => {
  const token = target.matches("form[data-resend]") && document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  if (token) target.elements.csrfmiddlewaretoken.value = token;
});
