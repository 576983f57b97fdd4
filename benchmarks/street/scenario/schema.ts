/** What goes wrong between the camera and its viewer, in seconds of clip time. */
export type ServingFault =
  | { readonly kind: 'drop' | 'corrupt'; readonly fromS: number; readonly toS: number; readonly share?: number }
  | { readonly kind: 'stall'; readonly fromS: number; readonly toS: number }
  | { readonly kind: 'clock-jump'; readonly atS: number; readonly byS: number };
