// A nanoMeet library with what is weak in the vendor's: `init` promises before anything has happened,
// and what it promises does not tell what fails.
class NanoMeet {
  async init({ token, id, width, height }) {
    const body = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
    const { server, sub, tenant = sub, room, moderator } = JSON.parse(atob(body));
    const script = document.createElement("script");
    script.src = `https://${server}/external_api.js`;
    script.onload = () => {
      this.api = new NanoMeetAPI([server, tenant].filter(Boolean).join("/"), {
        roomName: room,
        jwt: token,
        width,
        height,
        parentNode: document.getElementById(id),
      });
      this.api.addEventListener("readyToClose", () => this.api.dispose());
      // Requests of its own, whose ids count from 1, too.
      for (const ask of ["getRoomsInfo", "isAudioMuted"]) this.api[ask]().then(note, note);
    };
    document.body.append(script);
    return { data: { moderator } };
  }
}

// What a library may do that means ill: look around.
function reach(what) {
  try {
    return String(what());
  } catch (error) {
    return error.name;
  }
}
const found = {
  page: reach(() => parent.document.title),
  stored: reach(() => localStorage.length),
  cookie: reach(() => document.cookie),
  origin: self.origin,
};
document.title = JSON.stringify(found);
const note = (said) => {
  document.body.dataset.answers = `${document.body.dataset.answers ?? ""}${JSON.stringify(said)};`;
};
