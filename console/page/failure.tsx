import type { CallFailed } from './calls.ts';

const saysItsList = ({ name, issues }: CallFailed) => name === 'InvalidRequest' && issues.length > 0;

/** What went wrong, and what to do, in the words of the service. */
export function FailureNote({ failure, hint }: { failure: CallFailed | undefined; hint?: string }) {
  if (!failure) return null;
  return (
    <div class="note bad" role="alert">
      <p>
        {/* Of a request with faults the message says the same as the list. */}
        <strong>{failure.name}</strong>: {!saysItsList(failure) && failure.message} {hint}
      </p>
      {failure.issues.length > 0 && (
        <ul>
          {failure.issues.map(({ path, message }) => (
            <li key={path}>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
