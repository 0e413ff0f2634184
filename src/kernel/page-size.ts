/** Records of a page of any list: where `first` is left out, and the most that it may ask for. */
export const PAGE_SIZE = Object.freeze({ usual: 50, largest: 500 });
