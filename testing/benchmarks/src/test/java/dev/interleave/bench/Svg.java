// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** An SVG file as a viewer sees it: it must be well-formed. */
public record Svg(Document document) {
  /** Parses. */
  public static Svg parse(String svg) {
    try {
      return new Svg(
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(svg))));
    } catch (Exception e) {
      throw new AssertionError("not well-formed: " + svg, e);
    }
  }

  List<Element> elements(String tag) {
    NodeList nodes = document.getElementsByTagName(tag);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  /** What is written on it. */
  public List<String> texts() {
    return elements("text").stream().map(Element::getTextContent).toList();
  }

  double width() {
    return Double.parseDouble(viewBox()[2]);
  }

  double height() {
    return Double.parseDouble(viewBox()[3]);
  }

  private String[] viewBox() {
    return document.getDocumentElement().getAttribute("viewBox").split(" ", -1);
  }

  static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }
}
