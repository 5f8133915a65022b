package io.millrace.boot.autoconfigure;

import io.millrace.core.worker.LoopUnavailableException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.system.JavaVersion;
import org.springframework.core.env.Environment;

/**
 * Tells what is missing for event loops that carry virtual threads.
 */
class LoopUnavailableFailureAnalyzer extends AbstractFailureAnalyzer<LoopUnavailableException> {

	private static final String PROPERTY = "millrace.worker.mode";

	private static final String ADD_OPENS = """
			Start the JVM with the option

			    --add-opens java.base/java.lang=ALL-UNNAMED

			for example in the environment variable JDK_JAVA_OPTIONS. An executable jar that is started with \
			'java -jar' can say so itself, in its manifest:

			    <plugin>
			      <groupId>org.apache.maven.plugins</groupId>
			      <artifactId>maven-jar-plugin</artifactId>
			      <configuration>
			        <archive>
			          <manifestEntries>
			            <Add-Opens>java.base/java.lang</Add-Opens>
			          </manifestEntries>
			        </archive>
			      </configuration>
			    </plugin>

			""";

	private final Environment environment;

	LoopUnavailableFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, LoopUnavailableException cause) {
		String mode = this.environment.getProperty(PROPERTY, "");
		String asked = mode.equalsIgnoreCase("loop") ? "'" + PROPERTY + "=" + mode + "'" : "The mode 'loop' of a route";
		return new FailureAnalysis(asked + " is not possible here. " + cause.getMessage() + ".", action(cause), cause);
	}

	private static String action(LoopUnavailableException cause) {
		String instead = JavaVersion.getJavaVersion().isOlderThan(JavaVersion.TWENTY_ONE) ? "'pool'"
				: "'pool', or 'virtual'";
		return switch (cause.reason()) {
			case JDK -> "Run the application on JDK 24 or later, or choose the mode " + instead + ".";
			case ADD_OPENS -> ADD_OPENS + "Or choose the mode " + instead + ", which need nothing of the kind.";
			case TOO_LATE ->
				"Set millrace.worker.mode=loop, or give the mode by a route in millrace.routes instead of an "
						+ "annotation. Or choose the mode " + instead + ".";
			case PRIVATE_API ->
				"Choose the mode " + instead + ". Run the application on JDK 24 or 25, or look for a later Millrace "
						+ "that knows this JDK, where it has to be 'loop'.";
		};
	}

}
