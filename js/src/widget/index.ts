import type { AnyWidget } from "@anywidget/types";
import { languagesOf } from "../shared/language";
import { watchPlace } from "./attached";
import { Session, type SessionModel } from "./session";
import { speak } from "./strings";
import { CellView } from "./view";
import "./widget.css";

interface State {
  width: number | string;
  height: number | string;
}

const widget: AnyWidget<State> = () => {
  // `initialize` and `render` receive different model objects: their shared state is kept here.
  let session: Session | undefined;
  return {
    initialize({ model }) {
      speak(languagesOf(document));
      session = new Session(model as unknown as SessionModel, document);
      return () => session?.close();
    },
    render({ model, el }) {
      if (session === undefined) return;
      const shown = session;
      const view = new CellView(el, shown);
      const resize = (): void => view.resize(model.get("width"), model.get("height"));
      resize();
      model.on("change:width", resize);
      model.on("change:height", resize);
      const add = (): void => shown.addView(view);
      const remove = (): void => shown.removeView(view);
      add();
      const unwatch = watchPlace(view.place, remove, add);
      return () => {
        unwatch();
        model.off("change:width", resize);
        model.off("change:height", resize);
        remove();
        view.remove();
      };
    },
  };
};

export default widget;
