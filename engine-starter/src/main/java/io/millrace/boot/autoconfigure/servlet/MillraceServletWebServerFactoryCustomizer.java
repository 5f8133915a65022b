package io.millrace.boot.autoconfigure.servlet;

import java.util.ArrayList;
import java.util.List;

import io.millrace.boot.autoconfigure.MillraceProperties;
import io.millrace.boot.autoconfigure.ServletProperties;
import io.millrace.boot.servlet.MillraceServletWebServerFactory;
import io.millrace.boot.servlet.ServletLimits;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Applies the properties that are for servlet applications only.
 */
public class MillraceServletWebServerFactoryCustomizer
		implements WebServerFactoryCustomizer<MillraceServletWebServerFactory>, Ordered {

	private final BeanFactory beanFactory;

	private final ServletProperties properties;

	MillraceServletWebServerFactoryCustomizer(BeanFactory beanFactory, MillraceProperties properties) {
		this.beanFactory = beanFactory;
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
		factory.setMaxSessions(this.properties.getMaxSessions());
		factory.setStoredSessionClasses(storedSessionClasses());
	}

	private List<String> storedSessionClasses() {
		List<String> classes = new ArrayList<>(this.properties.getStoredSessionClasses());
		if (AutoConfigurationPackages.has(this.beanFactory)) {
			for (String ownPackage : AutoConfigurationPackages.get(this.beanFactory)) {
				// Not the one without a name, which all classes are below of.
				if (!ownPackage.isEmpty()) {
					classes.add(ownPackage + ".**");
				}
			}
		}
		return classes;
	}

}
