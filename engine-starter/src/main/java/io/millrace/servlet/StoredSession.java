package io.millrace.servlet;

import java.util.Map;

/**
 * A session as it is saved. Times are milliseconds since 1970.
 *
 * @param id the id that the client has
 * @param creationTime when it was created
 * @param lastAccessedTime when the last request but the current one came
 * @param idleSince since when it is not used; it goes on ageing while the application is
 * stopped
 * @param maxInactiveInterval the timeout in seconds, zero or less for never
 * @param fresh whether the client has not come back with it yet
 * @param attributes the serialised attributes
 */
record StoredSession(String id, long creationTime, long lastAccessedTime, long idleSince, int maxInactiveInterval,
		boolean fresh, Map<String, byte[]> attributes) {

}
