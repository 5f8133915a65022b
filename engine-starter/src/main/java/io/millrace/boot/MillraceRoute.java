package io.millrace.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How the requests of a controller, or of one of its methods, are run where that differs
 * from all others: what {@code millrace.routes[]} does by configuration. On classes and
 * methods that Spring MVC or WebFlux maps requests to ({@code @RequestMapping} and its
 * like), on their interfaces, and as a meta-annotation. A method overrides its class
 * attribute by attribute.
 * <p>
 * The engine decides before Spring sees a request, by path and method alone. So handlers
 * that are told apart by something else (content type, a header, a parameter, a version)
 * need the same annotation, or start-up stops and names them. Mappings that are
 * registered after start-up are not seen, and neither are functional endpoints: use
 * {@code millrace.routes[]} for them. A route of {@code millrace.routes[]} that matches a
 * request stands above the annotation, whole: what operators say counts.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface MillraceRoute {

	/**
	 * What runs them.
	 * @return what runs all others by default: {@code millrace.worker.mode} for MVC, the
	 * event loops for WebFlux
	 */
	Mode mode() default Mode.DEFAULT;

	/**
	 * How many are under way at once, 1 or more, until both handler and response have
	 * ended. All methods of a class share what stands at the class; a method that says it
	 * itself has its own.
	 * @return -1, no limit, by default
	 */
	int maxConcurrency() default -1;

	/**
	 * How many wait when {@link #maxConcurrency()} are under way, 0 or more; above, the
	 * client gets 503 with {@code Retry-After}. Stands where {@code maxConcurrency}
	 * stands.
	 * @return -1, ten for each that may be under way, by default
	 */
	int queue() default -1;

	/**
	 * How long one may take from its head to the last byte of its response, waiting
	 * included, as {@code 20s}, {@code 500ms} or with a placeholder like
	 * <code>${reports.timeout:20s}</code>; {@code 0} for ever.
	 * @return {@code millrace.timeouts.request} by default
	 */
	String timeout() default "";

	/**
	 * Who goes first where not everybody can, and who is refused last.
	 * @return normal by default
	 */
	Priority priority() default Priority.DEFAULT;

	/**
	 * What runs requests.
	 */
	enum Mode {

		/** As the class says, or as all others. */
		DEFAULT,

		/** Platform threads. */
		POOL,

		/** A virtual thread for each request, JDK 21 or later. */
		VIRTUAL,

		/**
		 * A virtual thread carried by the event loop. Event loops are made before
		 * controllers are known, so that it needs {@code millrace.worker.mode=loop}, or a
		 * route of {@code millrace.routes[]} with that mode.
		 */
		LOOP,

		/** The event loops, for handlers known never to block. */
		INLINE

	}

	/**
	 * Who goes first.
	 */
	enum Priority {

		/** As the class says, or normal. */
		DEFAULT,

		/** Before all others. */
		HIGH,

		/** Neither before nor after others. */
		NORMAL,

		/** After all others. */
		LOW

	}

}
