package io.millrace.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * A connection, written when it is closed.
 */
@Name("io.millrace.Connection")
@Label("Connection")
@Description("A connection, from its acceptance to its end")
@Category("Millrace")
@Enabled(false)
@StackTrace(false)
final class ConnectionEvent extends Event {

	private static final ConnectionEvent ANY = new ConnectionEvent();

	@Label("Connection")
	@ConnectionId
	@Nullable String connection;

	@Label("Remote Address")
	@Description("Address and port of the other end")
	@Nullable String remoteAddress;

	@Label("Protocol")
	@Nullable String protocol;

	@Label("Requests")
	long requests;

	@Label("Bytes In")
	@DataAmount
	long bytesIn;

	@Label("Bytes Out")
	@DataAmount
	long bytesOut;

	static boolean isWanted() {
		return ANY.isEnabled();
	}

}
