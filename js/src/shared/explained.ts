/** Where the documents explain a failure, by its kind. */
export const explained = (kind: string): string =>
  `https://nanomeet-widget.github.io/nanomeet-widget/errors.html#${kind.replaceAll("_", "-")}`;
