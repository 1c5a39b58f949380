// Small behaviours found by data- attributes, one file each. Everything works without them.
// At collectstatic the parts are put into this file (portal/core/static.py): one request instead of many.
import "./ready.js";
import "./menus.js";
import "./messages.js";
import "./copy.js";
import "./keep_files.js";
import "./shrink.js";
import "./confirm.js";
import "./guard.js";
import "./sending.js";
import "./resend.js";
import "./file_size.js";
import "./auto_submit.js";
import "./focus.js";
import "./panel.js";
import "./unanswered.js";
import "./print.js";
import "./ticks.js";
import "./compulsory.js";
import "./actor_box.js";
