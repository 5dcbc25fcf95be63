"use strict";

// Draws the description of the REST interface; the policy of our pages forbids a script within the page.
const place = document.getElementById("description");
SwaggerUIBundle({ url: place.dataset.address, domNode: place, deepLinking: true, validatorUrl: null });
