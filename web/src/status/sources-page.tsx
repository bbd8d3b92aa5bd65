// Where the records come from, and whether all of them arrive.
import { useAbout, useSources } from '../data/queries.ts';
import { DamagedParts } from '../ui/damaged-parts.tsx';
import { usePreferences } from '../ui/preferences.ts';
import { bytesText, countText, fullText } from '../ui/time.ts';

export function SourcesPage() {
  const { zone } = usePreferences();
  const about = useAbout();
  const { data, error } = useSources();
  return (
    <main className="page">
      <header className="page-head">
        <h1>Sources</h1>
        <span className="muted">
          {about.data &&
            `${countText(about.data.records)} records, ${bytesText(about.data.bytes)}, in ${about.data.location}`}
        </span>
      </header>
      {error && <p className="notice error">{error.message}</p>}
      {data?.stopped !== undefined && (
        <p className="notice error" role="alert">
          Nothing is taken in: {data.stopped}
        </p>
      )}
      {about.data !== undefined && about.data.damaged.length > 0 && (
        <div className="notice error" role="alert">
          <DamagedParts damaged={about.data.damaged} />
        </div>
      )}
      {data?.sources.length === 0 && <p className="empty">Nothing is imported at the moment: this page only reads.</p>}
      {data !== undefined && data.sources.length > 0 && (
        <table className="list">
          <thead>
            <tr>
              <th scope="col">source</th>
              <th scope="col" className="num">
                behind
              </th>
              <th scope="col" className="num">
                read
              </th>
              <th scope="col" className="num">
                records
              </th>
              <th scope="col" className="num">
                repaired
              </th>
              <th scope="col" className="num">
                rejected
              </th>
              <th scope="col" className="num">
                gaps
              </th>
              <th scope="col">last problem</th>
            </tr>
          </thead>
          <tbody>
            {data.sources.map((source) => (
              <tr key={source.name}>
                <th scope="row" className="mono">
                  {source.name}
                </th>
                <td className="num">{source.lag_bytes === undefined ? '–' : bytesText(source.lag_bytes)}</td>
                <td className="num">{bytesText(source.bytes_in)}</td>
                <td className="num">{countText(source.records)}</td>
                <td className="num">{countText(source.repaired)}</td>
                <td className="num">{countText(source.rejected)}</td>
                <td className="num">{countText(source.gaps)}</td>
                <td>{source.problem && `${fullText(source.problem.time, zone)} ${source.problem.message}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}
