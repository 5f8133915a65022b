package io.millrace.boot.autoconfigure.servlet;

import io.millrace.boot.autoconfigure.ConfiguredKeys;
import io.millrace.boot.autoconfigure.MillraceProperties;
import io.millrace.boot.servlet.MillraceServletWebServerFactory;
import io.millrace.boot.servlet.ServletLimits;

import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.servlet.Session;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Applies the properties that are for servlet applications only.
 */
public class MillraceServletWebServerFactoryCustomizer
		implements WebServerFactoryCustomizer<MillraceServletWebServerFactory>, Ordered {

	private final Environment environment;

	private final MillraceProperties.Servlet properties;

	MillraceServletWebServerFactoryCustomizer(Environment environment, MillraceProperties properties) {
		this.environment = environment;
		this.properties = properties.getServlet();
	}

	/**
	 * After Boot's own, which sets the session.
	 * @return 1
	 */
	@Override
	public int getOrder() {
		return 1;
	}

	@Override
	public void customize(MillraceServletWebServerFactory factory) {
		factory.setLimits(new ServletLimits(this.properties.getMaxParameterCount(),
				this.properties.getMaxFormSize().toBytes(), this.properties.getMaxPartCount(),
				(int) Math.min(this.properties.getMaxPartHeaderSize().toBytes(), Integer.MAX_VALUE)));
		Session session = factory.getSettings().getSession();
		// A wish of the user stops start-up; a convenience of the development tools must
		// not.
		if (session.isPersistent()
				&& ConfiguredKeys.isDevtoolsDefault(this.environment, "server.servlet.session.persistent")) {
			session.setPersistent(false);
		}
	}

}
