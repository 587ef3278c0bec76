// Light or dark, tight or airy rows: kept on this machine. Loaded in <head> before anything is drawn, so that nothing flashes.
(() => {
  const root = document.documentElement;
  const night = document.getElementById("night");
  const media = { auto: night.media, light: "not all", dark: "screen" };

  const read = (name, fallback) => {
    try {
      return localStorage.getItem(name) || fallback;
    } catch {
      return fallback; // storage refused: the page works, the preference is not kept
    }
  };

  const keep = (name, value) => {
    try {
      localStorage.setItem(name, value);
    } catch {
      // not kept, as above
    }
  };

  const chosen = { theme: read("theme", "auto"), density: read("density", "compact") };

  const apply = () => {
    night.media = media[chosen.theme] ?? media.auto;
    root.dataset.density = chosen.density;
  };

  apply();

  document.addEventListener("DOMContentLoaded", () => {
    for (const fieldset of document.querySelectorAll("[data-preference]")) {
      const name = fieldset.dataset.preference;
      fieldset.hidden = false;
      for (const input of fieldset.querySelectorAll("input")) {
        input.checked = input.value === chosen[name];
      }
      fieldset.addEventListener("change", (event) => {
        chosen[name] = event.target.value;
        keep(name, chosen[name]);
        apply();
      });
    }
  });
})();
