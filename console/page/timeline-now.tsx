interface NowProps {
  x: number;
  y: number;
  toY: number;
  text: string;
  width: number;
}

/** Where the present stands. */
export function Now({ x, y, toY, text, width }: NowProps) {
  // Behind the line is the future; where there is no room, it stands before.
  const isLate = x > width - 60;
  return (
    <g class="now">
      <path d={`M${x} ${y}V${toY}`} />
      <text class={isLate ? 'late' : ''} x={isLate ? x - 3 : x + 3} y={toY - 8}>
        {text}
      </text>
    </g>
  );
}
