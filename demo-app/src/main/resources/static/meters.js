// What the compare page knows of meters: Prometheus text in, figures out. No DOM, no clock.

const NEEDED = /^(http_server_requests_seconds|process_cpu_time_ns_total|process_resident_memory_bytes|jvm_memory_used_bytes|jvm_threads_live_threads|tomcat_|jetty_|millrace_|reactor_netty_http_server_)/;

const SERVERS = { millrace_: 'Millrace', tomcat_: 'Tomcat', jetty_: 'Jetty', reactor_netty_http_server_: 'Reactor Netty' };

// How each server calls its open connections.
const CONNECTIONS = ['millrace_connections_open', 'tomcat_connections_current_connections', 'jetty_connections_current_connections',
  'reactor_netty_http_server_connections_active'];

/** The samples that matter: [{name, labels, value}]. */
export function parse(text) {
  const samples = [];
  for (const line of text.split('\n')) {
    if (!NEEDED.test(line)) {
      continue;
    }
    const [, name, inner, value] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (name) {
      samples.push({ name, value: Number(value), labels: labels(inner ?? '') });
    }
  }
  return samples;
}

function labels(text) {
  return Object.fromEntries([...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]));
}

/** All that is wanted of one answer, at a time in ms; what a copy does not publish is undefined. */
export function reading(samples, at) {
  const served = samples.filter(({ name, labels }) => name.startsWith('http_server_requests_seconds')
      && !labels.uri?.startsWith('/actuator'));
  const sum = (some) => some.length ? some.reduce((all, { value }) => all + value, 0) : undefined;
  const named = (wanted, of = samples) => of.filter(({ name }) => name === wanted);
  const counts = named('http_server_requests_seconds_count', served);
  const buckets = new Map();
  for (const { labels, value } of named('http_server_requests_seconds_bucket', served)) {
    const bound = labels.le === '+Inf' ? Infinity : Number(labels.le);
    buckets.set(bound, (buckets.get(bound) ?? 0) + value);
  }
  const connections = CONNECTIONS.map((name) => sum(named(name))).find((value) => value !== undefined);
  return {
    at,
    // A copy that nobody has asked yet has no such meter.
    requests: sum(counts) ?? 0,
    seconds: sum(named('http_server_requests_seconds_sum', served)) ?? 0,
    // Millrace refuses what it has no room for before the framework sees it; others let it wait in the kernel.
    errors: (sum(counts.filter(({ labels }) => /^5/.test(labels.status))) ?? 0) + (sum(named('millrace_requests_refused_total')) ?? 0),
    longest: Math.max(...named('http_server_requests_seconds_max', served).map(({ value }) => value)),
    buckets,
    cpu: sum(named('process_cpu_time_ns_total')),
    memory: sum(named('process_resident_memory_bytes')),
    heap: sum(named('jvm_memory_used_bytes').filter(({ labels }) => labels.area === 'heap')),
    threads: sum(named('jvm_threads_live_threads')),
    connections,
    server: SERVERS[Object.keys(SERVERS).find((prefix) => samples.some(({ name }) => name.startsWith(prefix)))],
  };
}

/** What the page shows of some readings, oldest first: undefined where it is not published, null where it is not known. */
export function figures(readings) {
  const now = readings.at(-1);
  const short = change(now, since(readings, 2000));
  const medium = change(now, since(readings, 5000));
  const long = change(now, since(readings, 10000));
  return {
    rate: short && short.requests / short.seconds,
    errors: short && short.errors / short.seconds,
    cpu: now.cpu && short && short.cpu / short.seconds / 1e7,
    cpuPerRequest: now.cpu && (long?.requests > 0 ? long.cpu / 1000 / long.requests : null),
    mean: medium?.requests > 0 ? medium.time * 1000 / medium.requests : null,
    p50: now.buckets.size ? quantile(medium?.buckets, 0.5) : now.requests ? undefined : null,
    p99: now.buckets.size ? quantile(medium?.buckets, 0.99) : now.requests ? undefined : null,
    max: Number.isFinite(now.longest) ? now.longest * 1000 : null,
    memory: now.memory && now.memory / 2 ** 20,
    heap: now.heap && now.heap / 2 ** 20,
    threads: now.threads,
    connections: now.connections,
  };
}

function since(readings, time) {
  const now = readings.at(-1);
  return readings.findLast(({ at }) => now.at - at >= time * 0.95) ?? readings[0];
}

function change(now, then) {
  if (now === then) {
    return null;
  }
  return {
    seconds: (now.at - then.at) / 1000,
    requests: now.requests - then.requests,
    time: now.seconds - then.seconds,
    errors: now.errors - then.errors,
    cpu: now.cpu - then.cpu,
    buckets: [...now.buckets].map(([bound, count]) => [bound, count - (then.buckets.get(bound) ?? 0)]).sort(([a], [b]) => a - b),
  };
}

/** In ms, from the counts of all that took at most so many seconds, interpolated as Prometheus does. */
export function quantile(buckets, share) {
  const all = buckets?.at(-1)?.[1];
  if (!all) {
    return null;
  }
  const rank = share * all;
  const index = buckets.findIndex(([, count]) => count >= rank);
  const [low, below] = index > 0 ? buckets[index - 1] : [0, 0];
  const [high, upTo] = buckets[index];
  return (high === Infinity ? low : low + (high - low) * (rank - below) / (upTo - below)) * 1000;
}
