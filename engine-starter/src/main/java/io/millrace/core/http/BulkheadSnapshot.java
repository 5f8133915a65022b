package io.millrace.core.http;

/**
 * One reading of the bulkhead of a route.
 *
 * @param name the pattern of its {@link RoutePolicy}, its name where it has none or
 * several share the bulkhead
 * @param limit how many requests may be under way at once
 * @param running how many are
 * @param waiting how many wait for that
 * @param capacity how many may wait
 */
public record BulkheadSnapshot(String name, int limit, int running, int waiting, int capacity) {

}
