package io.millrace.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * A request that the engine has answered for the application.
 */
@Name("io.millrace.Refusal")
@Label("Refusal")
@Description("A request that the engine has answered for the application")
@Category("Millrace")
@Enabled(false)
@StackTrace(false)
final class RefusalEvent extends Event {

	private static final RefusalEvent ANY = new RefusalEvent();

	@Label("Connection")
	@ConnectionId
	@Nullable String connection;

	@Label("Reason")
	@Description("limit, full, waited, displaced, route, rate: too much is asked. syntax, framing, limit, unsupported: it is not right. header, body, request: it took too long")
	@Nullable String reason;

	@Label("Method")
	@Description("null where what came was no request")
	@Nullable String method;

	@Label("Path")
	@Description("As it was sent, without the query")
	@Nullable String path;

	@Label("Status")
	int status;

	@Label("Waited")
	@Description("For how long the request had waited")
	@Timespan(Timespan.NANOSECONDS)
	long waited;

	@Label("Skipped")
	@Description("How many refusals came before this one and after the last event, and were not recorded")
	long skipped;

	static boolean isWanted() {
		return ANY.isEnabled();
	}

	// Asked before there is anything to write.
	@SettingDefinition
	@Name("perSecond")
	@Label("Per Second")
	@Description("How many are recorded in a second at most, 0 for any number")
	boolean perSecond(RateSetting setting) {
		return true;
	}

}
