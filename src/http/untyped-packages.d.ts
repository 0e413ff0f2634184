declare module "content-disposition" {
  /** Value of `Content-Disposition` that makes a browser save `filename`, in both forms of RFC 6266 where it takes them. */
  function contentDisposition(filename: string): string;
  export = contentDisposition;
}

declare module "range-parser" {
  type Ranges = { readonly start: number; readonly end: number }[] & { readonly type: string };
  /** The ranges of a `Range` header: -1 when none of them lies within `size`, -2 when it has another form. */
  function parseRange(size: number, header: string, options?: { readonly combine?: boolean }): -1 | -2 | Ranges;
  export = parseRange;
}
