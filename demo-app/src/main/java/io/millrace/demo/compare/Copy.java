package io.millrace.demo.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * One of the copies: which server it is on, and where.
 *
 * @param server {@code millrace}, {@code tomcat} or {@code jetty}
 * @param virtual whether requests run on virtual threads
 * @param port where it listens
 */
record Copy(String server, boolean virtual, int port) {

	private static final Set<String> SERVERS = Set.of("millrace", "tomcat", "jetty");

	private static final String VIRTUAL = "-virtual";

	Copy {
		Assert.isTrue(SERVERS.contains(server), () -> "'" + server + "' is none of millrace, tomcat and jetty");
		Assert.isTrue(!virtual || Runtime.version().feature() >= 21,
				() -> "'" + server + VIRTUAL + "' needs JDK 21 or later, this is " + Runtime.version().feature());
	}

	/**
	 * A copy by its name.
	 * @param name the server, with {@code -virtual} behind it for virtual threads
	 * @param port where it is to listen
	 * @return the copy
	 */
	static Copy named(String name, int port) {
		boolean virtual = name.endsWith(VIRTUAL);
		String server = virtual ? name.substring(0, name.length() - VIRTUAL.length()) : name;
		return new Copy(server, virtual, port);
	}

	String name() {
		return this.virtual ? this.server + VIRTUAL : this.server;
	}

	/**
	 * Its place in the page's query: the fragment is the name that the page shows.
	 * @return the address, encoded for a query
	 */
	String inQuery() {
		return "http://localhost:" + this.port + "%23" + StringUtils.capitalize(this.server)
				+ (this.virtual ? "+virtual" : "");
	}

	/**
	 * What makes the application this copy. Each has a database of its own, in memory,
	 * and can be reached from this machine only.
	 * @return the application's arguments
	 */
	List<String> arguments() {
		List<String> arguments = new ArrayList<>();
		arguments.add("--server.address=127.0.0.1");
		arguments.add(String.format(Locale.ROOT, "--server.port=%d", this.port));
		arguments.add("--enrolment.compare.end-with-input=true");
		arguments.add("--spring.profiles.active=" + ("jetty".equals(this.server) ? "compare,jetty" : "compare"));
		if ("tomcat".equals(this.server)) {
			arguments.add("--millrace.enabled=false");
		}
		if (this.virtual) {
			arguments.add("--spring.threads.virtual.enabled=true");
		}
		return arguments;
	}

}
