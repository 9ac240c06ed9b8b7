import Canvas

/// The size of the screen in cells, for callers that know the explorer and not the canvas.
public typealias ScreenSize = Size
